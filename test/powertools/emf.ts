interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
}

type Blob = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly CloudWatchMetrics: readonly Directive[] };
};

export interface Datum {
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly values: readonly number[];
}

/** What CloudWatch makes of the lines: for each set of dimensions, each metric's values. Refuses what it would refuse. */
export const dataOf = (lines: readonly string[]): readonly Datum[] =>
  lines.flatMap((line) => {
    const blob = JSON.parse(line) as Blob;
    return blob._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
      Dimensions.flatMap((names) =>
        Metrics.map(({ Name, Unit }) => {
          const values = [blob[Name]].flat() as number[];
          if (values.length > 100) throw new Error(`${Name} has ${values.length} values`);
          if (values.some((value) => !Number.isFinite(value))) throw new Error(`${Name} is no number`);
          const dimensions = Object.fromEntries(names.map((name) => [name, blob[name]]));
          return { name: Name, unit: Unit, dimensions, values };
        }),
      ),
    );
  });

/** All values of a metric for the consumer as a whole, or for a route of it. */
export const valuesOf = (data: readonly Datum[], name: string, route?: string): readonly number[] =>
  data
    .filter((datum) => datum.name === name && datum.dimensions['route'] === route)
    .flatMap(({ values }) => values);

export const sumOf = (data: readonly Datum[], name: string, route?: string): number =>
  valuesOf(data, name, route).reduce((sum, value) => sum + value, 0);
