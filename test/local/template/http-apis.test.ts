import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { planFunctions } from '../../../src/local/template/plan-functions.ts';
import { planResources } from '../../../src/local/template/plan-resources.ts';
import { attributeOf, options, shopTemplate } from './templates.ts';

const resource = (Type: string, Properties: JsonObject): JsonObject => ({ Type, Properties });
const api = (more: JsonObject = {}) =>
  resource('AWS::ApiGatewayV2::Api', { Name: 'shop-api', ProtocolType: 'HTTP', ...more });
const integration = (more: JsonObject = {}) =>
  resource('AWS::ApiGatewayV2::Integration', {
    ApiId: { Ref: 'HttpApi' },
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: { 'Fn::GetAtt': ['Web', 'Arn'] },
    PayloadFormatVersion: '2.0',
    ...more,
  });
const route = (RouteKey: string, more: JsonObject = {}) =>
  resource('AWS::ApiGatewayV2::Route', {
    ApiId: { Ref: 'HttpApi' },
    RouteKey,
    Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'ToWeb' }]] },
    ...more,
  });
const web = (more: JsonObject = {}) =>
  resource('AWS::Lambda::Function', {
    Code: 'build',
    Handler: 'web.handler',
    Runtime: 'nodejs24.x',
    ...more,
  });

const plan = (resources: JsonObject) => {
  const template = shopTemplate({
    resources: { Web: web(), HttpApi: api(), ToWeb: integration(), ...resources },
  });
  const urls = (id: string, attribute: string) =>
    attribute === 'ApiEndpoint' ? `http://127.0.0.1/${id}` : attributeOf(id, attribute);
  return {
    resources: planResources(template, options),
    functions: planFunctions(template, { ...options, attributeOf: urls }),
  };
};

describe('the HTTP APIs of a template', () => {
  it('bring their functions along, with the time that they are waited for', () => {
    const { resources, functions } = plan({
      ToWeb: integration({ TimeoutInMillis: 6_500 }),
      // As CDK writes them.
      Other: route('ANY /{proxy+}', { Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'ToWeb' }]] } }),
      Default: route('$default', { Target: { 'Fn::Sub': 'integrations/${Longer}' } }),
      Longer: integration({
        IntegrationUri: {
          'Fn::Sub':
            'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Web.Arn}:live/invocations',
        },
      }),
    });
    expect(resources.apis).toEqual([{ logicalId: 'HttpApi', name: 'shop-api' }]);
    expect(resources.notCreated).toEqual([]);
    expect(functions.functions.map(({ name }) => name)).toEqual(['shop-Orders', 'shop-Web']);
    const one = { apiLogicalId: 'HttpApi', functionLogicalId: 'Web' };
    expect(functions.routes).toEqual([
      { ...one, logicalId: 'Other', routeKey: 'ANY /{proxy+}', timeoutMs: 6_500 },
      { ...one, logicalId: 'Default', routeKey: '$default', timeoutMs: 30_000 },
    ]);
    expect([functions.notRun, functions.warnings]).toEqual([[], []]);
  });

  it('have a URL that functions can be told, and no id', () => {
    const environment = (value: JsonObject) => ({
      Web: web({ Environment: { Variables: { API: value } } }),
      All: route('$default'),
    });
    const { functions } = plan(environment({ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] }));
    expect(functions.functions[1]?.environment).toEqual({ API: 'http://127.0.0.1/HttpApi' });
    const refused = plan(environment({ Ref: 'HttpApi' })).functions;
    expect(refused.notRun[0]).toMatchObject({
      logicalId: 'Web',
      reason: expect.stringMatching(
        /Variables\.API asks for the id of HttpApi, which only AWS gives\. Fn::GetAtt HttpApi\.ApiEndpoint is its URL/,
      ) as string,
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['its API Chat is no HTTP API of this template', {}, { ApiId: { Ref: 'Chat' } }],
    ['it has no integration in this template', {}, { Target: 'integrations/abc' }],
    ['its integration is HTTP_PROXY; only functions are called here', { IntegrationType: 'HTTP_PROXY' }, {}],
    [
      'its integration is SQS-SendMessage; only functions are called here',
      { IntegrationSubtype: 'SQS-SendMessage' },
      {},
    ],
    ['its payload format is 1.0; only 2.0 is spoken here', { PayloadFormatVersion: '1.0' }, {}],
    [
      'its integration is no function of this template (elsewhere)',
      { IntegrationUri: 'arn:aws:lambda:us-east-1:1:function:elsewhere' },
      {},
    ],
  ])('have a route that does not run, since %s', (reason, ofIntegration, ofRoute) => {
    const { functions, resources } = plan({
      Chat: api({ ProtocolType: 'WEBSOCKET' }),
      ToWeb: integration(ofIntegration),
      All: route('$default', ofRoute),
    });
    expect(functions.routes).toEqual([]);
    expect(functions.notRun[0]).toEqual({ logicalId: 'All', type: 'AWS::ApiGatewayV2::Route', reason });
    expect(resources.notCreated).toEqual([{ logicalId: 'Chat', type: 'AWS::ApiGatewayV2::Api' }]);
  });

  it('say that nobody is asked for authorization', () => {
    const { functions } = plan({ All: route('$default', { AuthorizationType: 'JWT' }) });
    expect(functions.routes).toHaveLength(1);
    expect(functions.warnings).toEqual(['All asks for authorization (JWT), and nobody is asked here.']);
  });

  it('are those of SAM too, the one that it implies and those that are declared', () => {
    const event = (Properties: JsonObject) => ({ Type: 'HttpApi', Properties });
    const { resources, functions } = plan({
      HttpApi: resource('AWS::Serverless::HttpApi', {}),
      Guarded: resource('AWS::Serverless::HttpApi', { Auth: { DefaultAuthorizer: 'X' } }),
      ToWeb: resource('AWS::Lambda::Version', {}),
      Web: resource('AWS::Serverless::Function', {
        CodeUri: 'build',
        Handler: 'web.handler',
        Runtime: 'nodejs24.x',
        Events: {
          All: { Type: 'HttpApi' },
          Get: event({ Path: '/a/{b}', Method: 'get', TimeoutInMillis: 500 }),
          Any: event({ Path: '/c', Method: 'any', ApiId: { Ref: 'HttpApi' }, Auth: { Authorizer: 'X' } }),
          Guarded: event({ Path: '/d', Method: 'put', ApiId: { Ref: 'Guarded' } }),
          Old: event({ PayloadFormatVersion: '1.0' }),
          Far: event({ ApiId: 'abc' }),
        },
      }),
    });
    expect(resources.apis.map(({ logicalId }) => logicalId)).toEqual([
      'HttpApi',
      'Guarded',
      'ServerlessHttpApi',
    ]);
    expect(
      functions.routes.map(({ apiLogicalId, routeKey, timeoutMs }) => [apiLogicalId, routeKey, timeoutMs]),
    ).toEqual([
      ['ServerlessHttpApi', '$default', 30_000],
      ['ServerlessHttpApi', 'GET /a/{b}', 500],
      ['HttpApi', 'ANY /c', 30_000],
      ['Guarded', 'PUT /d', 30_000],
    ]);
    expect(functions.notRun).toMatchObject([{ logicalId: 'WebOld' }, { logicalId: 'WebFar' }]);
    expect(functions.warnings).toEqual([
      'WebAny asks for authorization, and nobody is asked here.',
      'WebGuarded asks for authorization, and nobody is asked here.',
    ]);
    expect(functions.functions.map(({ name }) => name)).toContain('shop-Web');
  });

  it('do not keep the streams from running, whatever is in them', () => {
    const python = plan({ Web: web({ Runtime: 'python3.13' }), All: route('$default') });
    expect(python.functions.functions.map(({ name }) => name)).toEqual(['shop-Orders']);
    expect([python.functions.routes, python.functions.notRun]).toEqual([
      [],
      [
        {
          logicalId: 'Web',
          type: 'AWS::Lambda::Function',
          reason: expect.stringContaining('is python3.13, so Web does not run here') as string,
        },
      ],
    ]);
    const imported = plan({
      HttpApi: api({ Name: { 'Fn::ImportValue': 'name' } }),
      ToWeb: integration({ IntegrationUri: { 'Fn::ImportValue': 'uri' } }),
      All: route('$default'),
    });
    expect(imported.resources.apis).toEqual([{ logicalId: 'HttpApi', name: 'HttpApi' }]);
    expect(imported.functions.notRun[0]).toMatchObject({
      logicalId: 'All',
      reason: expect.stringContaining('is made by Fn::ImportValue') as string,
    });
  });
});
