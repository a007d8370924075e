import { expect, it } from 'vitest';
import { planFunctions } from '../../../src/local/template/plan-functions.ts';
import { attributeOf, options, shopTemplate } from './templates.ts';

it('a mapping of a queue says what of it has no effect here, and nothing of what changes nothing', () => {
  const template = shopTemplate({
    resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
      Worker: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: 'build', Handler: 'worker.handler', Runtime: 'nodejs24.x' },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
          FunctionName: { Ref: 'Worker' },
          Enabled: true,
          Tags: [],
          MetricsConfig: { Metrics: ['EventCount'] },
          KmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1',
        },
      },
    },
  });
  const { queueMappings, warnings } = planFunctions(template, { ...options, attributeOf });
  expect(queueMappings.map(({ queueLogicalId }) => queueLogicalId)).toEqual(['Jobs']);
  expect(warnings.filter((warning) => warning.includes('Mapping'))).toEqual([
    'KmsKeyArn of Mapping has no effect here.',
  ]);
});
