/** What the packager is told. */
export type PackagerMessage =
  | { readonly kind: 'preload'; readonly modules: readonly string[] }
  | {
      readonly kind: 'package';
      /** The framework's own program, in CommonJS. */
      readonly program: string;
      readonly arguments: readonly string[];
      /** Where to leave word of what was loaded, for the next one. */
      readonly modulesFile: string;
    };
