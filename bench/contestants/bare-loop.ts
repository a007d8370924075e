import type { Run } from './contestant.ts';
import { unmarshalled } from './unmarshalled.ts';
import type { Work } from './work.ts';

/** No library: one record after the other, both images unmarshalled, no failure ever reported. */
export const bareLoop =
  (work: Work): Run =>
  async (event) => {
    for (const record of event.Records) {
      const { newImage, oldImage } = unmarshalled(record);
      await work.images(newImage, oldImage);
    }
  };
