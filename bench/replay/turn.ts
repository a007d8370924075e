import type { Endpoints } from './ground.ts';

/** What is measured in a process of its own. Plain data: it goes there as text. */
export interface Turn {
  readonly contestant: string;
  readonly letters: number;
  readonly endpoints: Endpoints;
  readonly queueUrl: string;
  readonly targetUrl: string;
  readonly ledgerTable: string;
  /** Where the package of another is installed; empty for our own. */
  readonly peerFolder: string;
  /** Collects garbage on the way to see what lives, which makes the speed and the peak mean nothing. */
  readonly seesHeap: boolean;
}

/** What a turn took in its process. */
export interface Took {
  /** From the call until the last letter was worked off. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** In the JavaScript heap and beside it, at most; 0 if nobody looked. */
  readonly liveBytes: number;
}
