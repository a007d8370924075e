import { exportedLine } from './exported-message.ts';
import { isSelected } from '../engine/is-selected.ts';
import type { Queue } from '../queue/queue.ts';
import type { ReadMessage } from '../engine/run-options.ts';
import type { Selection } from '../engine/selection.ts';
import type { Survey } from '../queue/survey-queue.ts';
import { surveyQueue } from '../queue/survey-queue.ts';

/** Where lines go: resolves when they are taken, so that a slow reader is waited for. */
export type WriteLines = (text: string) => Promise<void>;

export interface ExportOptions {
  readonly queue: Queue;
  readonly readMessage: ReadMessage;
  /** Which messages. Default: all. */
  readonly selection?: Selection;
  readonly write: WriteLines;
  readonly signal?: AbortSignal;
  readonly waitSeconds?: number;
  readonly onEvent?: (event: ExportEvent) => void;
}

export interface ExportEvent {
  readonly kind: 'exporting';
  readonly seen: number;
  readonly exported: number;
  readonly expected: number;
}

export interface ExportSummary extends Survey {
  readonly exported: number;
  /** Whether there may be messages that were not seen. */
  readonly isAtLeast: boolean;
}

/** Writes messages as newline-delimited JSON, without consuming them. */
export async function exportDeadLetters(options: ExportOptions): Promise<ExportSummary> {
  const { queue, readMessage, selection = {}, write, signal, waitSeconds, onEvent } = options;
  const { visible } = await queue.facts(signal);
  let exported = 0;
  const survey = await surveyQueue({
    ...{ queue, signal, waitSeconds },
    onSeen: (seen) => onEvent?.({ kind: 'exporting', seen, exported, expected: visible }),
    async visit(messages) {
      const lines: string[] = [];
      for (const message of messages)
        if (isSelected(await readMessage(message), message, selection)) lines.push(exportedLine(message));
      if (lines.length > 0) await write(lines.join(''));
      exported += lines.length;
      return messages;
    },
  });
  const isAtLeast = survey.end !== 'drained' || (queue.isFifo && survey.seen < visible);
  return { ...survey, exported, isAtLeast };
}
