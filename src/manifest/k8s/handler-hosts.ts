import type { FieldPath } from '../../model/field-path.ts';
import type { Container } from '../../model/pod-template.ts';
import type { Fields } from '../fields.ts';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];
const ACTIONS = ['httpGet', 'tcpSocket'];

/** The hosts that a container's probes and lifecycle handlers name: without one they ask the pod itself. */
export function readHandlerHosts(container: Fields, at: FieldPath): Container['handlerHosts'] {
  const lifecycle = container.object('lifecycle', 'any');
  const handlers = [
    ...PROBES.map((name) => ({ path: [...at, name], handler: container.object(name, 'any') })),
    ...HOOKS.map((name) => ({ path: [...at, 'lifecycle', name], handler: lifecycle?.object(name, 'any') ?? null })),
  ];
  return handlers.flatMap(({ path, handler }) =>
    ACTIONS.flatMap((action) => {
      const host = handler?.object(action, 'any')?.string('host')?.value ?? '';
      return host === '' ? [] : [{ path: [...path, action, 'host'], host }];
    }),
  );
}
