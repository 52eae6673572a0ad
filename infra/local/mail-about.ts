import { type MachineMessage, parseMachine } from '../../shared/message/machine.ts';
import type { MailAbout } from './console/state.ts';

/** What the inbox keeps of it. */
export function aboutOf({ incident, kind }: MachineMessage): MailAbout {
  return { incident: incident.id, kind };
}

/** The same of what SNS hands to machines; undefined of everything that is no alert of ours. */
export function readAbout(machineText: string | undefined): MailAbout | undefined {
  const parsed = machineText?.startsWith('{') ? parseMachine(machineText) : undefined;
  return parsed !== undefined && 'message' in parsed ? aboutOf(parsed.message) : undefined;
}
