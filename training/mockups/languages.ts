/** Design languages: each has a style sheet in `css/languages/` and matching fonts. */
export const LANGUAGES = {
  flat: { fonts: ['Inter Variable', 'Open Sans Variable', 'DM Sans Variable'] },
  outlined: { fonts: ['Inter Variable', 'IBM Plex Sans', 'DM Sans Variable'] },
  material: { fonts: ['Roboto'] },
  cupertino: { fonts: ['Inter Variable', 'Open Sans Variable'] },
  dense: { fonts: ['IBM Plex Sans', 'Lato', 'Open Sans Variable'] },
  glass: { fonts: ['DM Sans Variable', 'Inter Variable', 'Nunito Variable'] },
  editorial: { fonts: ['Source Serif 4 Variable'] },
  playful: { fonts: ['Nunito Variable'] },
  mono: { fonts: ['JetBrains Mono Variable'] },
  brutalist: { fonts: ['Space Grotesk Variable'] },
  fluent: { fonts: ['Open Sans Variable', 'Inter Variable'] },
  soft: { fonts: ['Nunito Variable', 'DM Sans Variable'] },
} as const satisfies Record<string, { fonts: readonly string[] }>;

export type LanguageId = keyof typeof LANGUAGES;

/** Module paths of the font packages' style sheets. */
export const FONT_SHEETS: readonly string[] = [
  ...['inter', 'open-sans', 'nunito', 'source-serif-4', 'jetbrains-mono', 'space-grotesk', 'dm-sans'].map(variable),
  ...['noto-sans', 'noto-sans-arabic', 'noto-sans-hebrew', 'noto-sans-jp', 'noto-sans-kr', 'noto-sans-sc'].map(
    variable,
  ),
  ...['roboto', 'lato', 'ibm-plex-sans'].flatMap((id) => ['400', '700'].map((w) => `@fontsource/${id}/${w}.css`)),
];

function variable(id: string): string {
  return `@fontsource-variable/${id}/index.css`;
}
