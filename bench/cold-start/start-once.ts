import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsOf } from './events.ts';
import type { Ground } from './ground.ts';
import type { StartOutcome } from './measure-in-child.ts';
import { measureInChild } from './measure-in-child.ts';

export interface Start {
  /** What imports the bundle and invokes it. */
  readonly child: string;
  readonly bundle: string;
  readonly ground: Ground;
  /** Where the events are written, which the process reads. */
  readonly folder: string;
  /** Unlike that of any other start on this ground. */
  readonly name: string;
}

/** A start in a new process, with events that none has seen. */
export function startOnce({ child, bundle, ground, folder, name }: Start): Promise<StartOutcome> {
  const eventsFile = join(folder, 'events.json');
  writeFileSync(eventsFile, JSON.stringify(eventsOf(name)));
  return measureInChild({ child, bundle, eventsFile, environment: ground.environment });
}
