import { contextOf, type Family, ofContainers, withContexts } from './family.ts';

export const capabilities: Family = {
  name: 'capabilities',
  fill: ({ defaultAddCapabilities, requiredDropCapabilities }, pod) =>
    withContexts(pod, ({ security }) => {
      const given = { add: security.capabilities?.add ?? [], drop: security.capabilities?.drop ?? [] };
      // What a container drops by itself is not added to it.
      const add = new Set([...defaultAddCapabilities.filter((name) => !given.drop.includes(name)), ...given.add]);
      const drop = new Set([...requiredDropCapabilities, ...given.drop]);
      if (add.size === new Set(given.add).size && drop.size === new Set(given.drop).size) return null;
      return { capabilities: { add: [...add].sort(), drop: [...drop].sort() } };
    }),
  check: ({ allowedCapabilities, defaultAddCapabilities }, pod) =>
    ofContainers(pod, (container) => {
      if (allowedCapabilities.includes('*')) return [];
      const path = [...contextOf(container), 'capabilities', 'add'];
      // What must be dropped needs no check: it has been filled in.
      return (container.security.capabilities?.add ?? [])
        .filter((name) => !allowedCapabilities.includes(name) && !defaultAddCapabilities.includes(name))
        .map((name) => ({ path, message: `capability \`${name}\` may not be added` }));
    }),
};
