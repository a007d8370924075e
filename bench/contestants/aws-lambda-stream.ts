import { fromDynamodb } from 'aws-lambda-stream/from/dynamodb';
import { toPromise } from 'aws-lambda-stream/utils/handler';
import highland from 'highland';
import type { Run } from './contestant.ts';
import type { Work } from './work.ts';

/**
 * The pipeline of its README: four at once, which is what its own sinks do. Imported by part, for the package's index
 * requires AWS clients that it does not declare.
 */
export const pipeline =
  (work: Work): Run =>
  (event) =>
    fromDynamodb(event)
      .map(({ event: { raw } }) => highland(work.images(raw.new, raw.old)))
      .parallel(4)
      .through(toPromise);
