import { bundle } from './bundle.ts';
import { ours } from './contestants.ts';
import type { Bundling } from './settings.ts';

/** What the bundle comes to if one of serverless.yml's settings is left out. */
export interface Worth {
  readonly left: string;
  readonly bytes: number;
  readonly zipBytes: number;
}

export async function worthOfSettings(
  { esbuild, settings: [recommended] }: Bundling,
  folder: string,
): Promise<readonly Worth[]> {
  const without = (name: string): object =>
    Object.fromEntries(Object.entries(esbuild).filter(([key]) => key !== name));
  const conditions = esbuild.conditions.filter((condition) => condition !== 'module');
  const variants = [
    { left: 'nothing', options: esbuild, exclude: recommended.exclude },
    { left: '`exclude`', options: esbuild, exclude: [] },
    { left: '`mainFields`', options: without('mainFields'), exclude: recommended.exclude },
    {
      left: 'the condition `module`',
      options: { ...esbuild, conditions },
      exclude: recommended.exclude,
    },
    { left: '`minify`', options: without('minify'), exclude: recommended.exclude },
  ];
  return Promise.all(
    variants.map(async ({ left, options, exclude }, index) => {
      const setting = { id: `worth-${index}`, label: left, exclude };
      const { bytes, zipBytes } = await bundle(ours, setting, options, folder);
      return { left, bytes, zipBytes };
    }),
  );
}
