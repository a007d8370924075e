/** Under which circumstances all contestants are measured: one table each. */
export interface Setting {
  readonly id: 'direct' | 'far' | 'handler';
  readonly title: string;
  /** By how much each request to DynamoDB is delayed; 0: nothing stands in between. */
  readonly delayMs: number;
  readonly handlerMs: number;
  readonly contestants: readonly string[];
}

const all = ['powertools-parallel', 'powertools-sequential', 'claim', 'record', 'checkpoint'];

export const settings: readonly Setting[] = [
  {
    id: 'direct',
    title: 'Engine on this machine, a handler that does next to nothing',
    delayMs: 0,
    handlerMs: 0,
    contestants: all,
  },
  {
    id: 'far',
    title: 'Each request 5 ms later at the engine, a handler that does next to nothing',
    delayMs: 5,
    handlerMs: 0,
    contestants: all,
  },
  {
    id: 'handler',
    title:
      'Engine on this machine, a handler of 5 ms, ten lanes (Powertools in parallel: all records at once)',
    delayMs: 0,
    handlerMs: 5,
    contestants: ['powertools-parallel', 'claim', 'record', 'checkpoint', 'off'],
  },
];
