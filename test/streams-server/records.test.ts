import { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { spillwayClient } from './clients.ts';
import { firstOf, item, items, matching, startWithClient } from './through-the-sdk.ts';

describe('a record of the streams server', () => {
  it('comes through the SDK as AWS writes it', async () => {
    const { server, iterator, read, firstShard } = await startWithClient({ keyNames: ['pk', 'sk'] });
    const image = {
      pk: { S: 'a' },
      sk: { N: '1' },
      bytes: { B: Uint8Array.of(0, 255) },
      list: { L: [{ BS: [Uint8Array.of(1)] }, { NULL: true as const }] },
    };
    server.put({
      newImage: image,
      oldImage: { ...image, list: { L: [] } },
      approximateCreationDateTime: 1_700_000_000,
    });
    const { records } = await read(await iterator(firstShard, 'TRIM_HORIZON'));
    expect(records).toEqual([
      {
        eventID: matching(/^[0-9a-f]{32}$/),
        eventName: 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-central-1',
        dynamodb: {
          ApproximateCreationDateTime: new Date(1_700_000_000_000),
          Keys: { pk: { S: 'a' }, sk: { N: '1' } },
          NewImage: image,
          OldImage: { ...image, list: { L: [] } },
          SequenceNumber: matching(/^\d{21}$/),
          SizeBytes: 50,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
    ]);
  });

  it.each([
    ['KEYS_ONLY', {}],
    ['NEW_IMAGE', { NewImage: { pk: { S: 'a' }, n: { N: '2' } } }],
    ['OLD_IMAGE', { OldImage: { pk: { S: 'a' }, n: { N: '1' } } }],
  ] as const)('has with the view %s only its images', async (viewType, images) => {
    const { server, iterator, read, firstShard } = await startWithClient({ viewType });
    server.put({ newImage: { pk: { S: 'a' }, n: { N: '2' } }, oldImage: { pk: { S: 'a' }, n: { N: '1' } } });
    const { NewImage, OldImage } =
      (await read(await iterator(firstShard, 'TRIM_HORIZON'))).records[0]?.dynamodb ?? {};
    expect({ ...(NewImage && { NewImage }), ...(OldImage && { OldImage }) }).toEqual(images);
  });

  it('is INSERT or REMOVE by its images, and names who made it', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    const userIdentity = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };
    server.put([item('a'), { oldImage: { pk: { S: 'a' } }, userIdentity }]);
    const { records } = await read(await iterator(firstShard, 'TRIM_HORIZON'));
    expect(records.map((record) => [record.eventName, record.userIdentity])).toEqual([
      ['INSERT', undefined],
      ['REMOVE', userIdentity],
    ]);
  });

  it('keeps an attribute called __proto__', async () => {
    const { server, iterator, firstShard } = await startWithClient();
    server.put(item('a', Object.fromEntries([['__proto__', { S: 'x' }]])));
    const ShardIterator = await iterator(firstShard, 'TRIM_HORIZON');
    const page = await spillwayClient(server.endpoint).send(new GetRecordsCommand({ ShardIterator }));
    expect(Object.entries(page.Records?.[0]?.dynamodb?.NewImage ?? {})).toContainEqual([
      '__proto__',
      { S: 'x' },
    ]);
  });

  it('cannot be put without its keys, and then nothing is put', async () => {
    const { server } = await startWithClient({ keyNames: ['pk', 'sk'] });
    expect(() => server.put([item('a', { sk: { S: 'b' } }), item('a')])).toThrow('no key attribute "sk"');
    expect(firstOf(server.shards()).sequenceNumbers).toEqual([]);
  });

  it('has a sequence number that grows, in digits too', async () => {
    const { server, iterator, read, firstShard } = await startWithClient({
      firstSequenceNumber: '999999999999999999990',
    });
    server.put(items(3));
    const expected = ['999999999999999999990', '999999999999999999997', '1000000000000000000004'];
    expect((await read(await iterator(firstShard, 'TRIM_HORIZON'))).numbers).toEqual(expected);
    expect((await read(await iterator(firstShard, 'AFTER_SEQUENCE_NUMBER', expected[1]))).numbers).toEqual(
      expected.slice(2),
    );
  });
});
