import type { Labels } from '../../model/labels.ts';
import {
  LEVELS,
  type LevelVersion,
  levelOf,
  MODE_LABEL,
  type Mode,
  minorOf,
  type PodSecurity,
} from '../../model/pod-security.ts';

/**
 * The levels of a namespace: its labels before the defaults. Who enforces a level and says nothing of warnings is
 * warned of what that level does not take, where that is stricter.
 * Source: k8s.io/pod-security-admission, api/helpers.go, PolicyToEvaluate
 */
export function modesOf(labels: Labels, defaults: PodSecurity): PodSecurity {
  const enforce = modeOf('enforce', labels, defaults.enforce, 'restricted');
  const audit = modeOf('audit', labels, defaults.audit, 'privileged');
  const warn = modeOf('warn', labels, defaults.warn, 'privileged');
  const written = levelOf(labels.get(`${MODE_LABEL}enforce`) ?? '');
  const silent = !labels.has(`${MODE_LABEL}warn`);
  if (!silent || written === null || LEVELS.indexOf(written) <= LEVELS.indexOf(warn.level))
    return { enforce, audit, warn };
  const minor = labels.has(`${MODE_LABEL}warn-version`) ? warn.minor : enforce.minor;
  return { enforce, audit, warn: { level: written, minor } };
}

/** @param wrong what a level that is none stands for */
function modeOf(mode: Mode, labels: Labels, usual: LevelVersion, wrong: LevelVersion['level']): LevelVersion {
  const level = labels.get(`${MODE_LABEL}${mode}`);
  const version = labels.get(`${MODE_LABEL}${mode}-version`);
  return {
    level: level === undefined ? usual.level : (levelOf(level) ?? wrong),
    minor: version === undefined ? usual.minor : (minorOf(version) ?? null),
  };
}
