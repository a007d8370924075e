import { entrants } from '../contestants/entrants.ts';
import { measure } from './measure.ts';

const [id, what, directory = ''] = process.argv.slice(2);
const contestant = entrants.find((entrant) => entrant.id === id);
if (contestant === undefined || 'absent' in contestant)
  throw new Error(`there is no contestant "${id ?? ''}"`);
process.send?.(await measure(contestant, what === 'memory' ? 'memory' : 'times', directory));
