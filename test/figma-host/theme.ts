/** The themes of Figma's window. */
export type Theme = 'light' | 'dark';

/**
 * The colours that Figma gives to a plugin's window with `themeColors`, by the names of Figma's guide “CSS variables and
 * theming”. Their values are those of Figma's UI kit; a window has more names than these.
 */
export const THEME_COLOURS: Record<Theme, Readonly<Record<string, string>>> = {
  light: {
    bg: '#ffffff',
    'bg-secondary': '#f5f5f5',
    'bg-hover': '#f5f5f5',
    'bg-brand': '#0d99ff',
    'bg-brand-hover': '#007be5',
    'bg-disabled': '#d9d9d9',
    'bg-danger-tertiary': '#ffe2e0',
    'bg-warning-tertiary': '#fff1c2',
    'bg-success-tertiary': '#cff7d3',
    text: '#000000e5',
    'text-secondary': '#00000080',
    'text-onbrand': '#ffffff',
    'text-ondisabled': '#ffffff',
    'text-danger': '#dc3412',
    'text-warning': '#b86200',
    'text-success': '#009951',
    icon: '#000000e5',
    'icon-secondary': '#00000080',
    'icon-success': '#14ae5c',
    border: '#e6e6e6',
    'border-selected': '#0d99ff',
  },
  dark: {
    bg: '#2c2c2c',
    'bg-secondary': '#383838',
    'bg-hover': '#383838',
    'bg-brand': '#0c8ce9',
    'bg-brand-hover': '#0a6dc2',
    'bg-disabled': '#757575',
    'bg-danger-tertiary': '#602c26',
    'bg-warning-tertiary': '#57421b',
    'bg-success-tertiary': '#1f3f2b',
    text: '#ffffff',
    'text-secondary': '#ffffffb2',
    'text-onbrand': '#ffffff',
    'text-ondisabled': '#2c2c2c',
    'text-danger': '#fca397',
    'text-warning': '#f7d15f',
    'text-success': '#79d297',
    icon: '#ffffff',
    'icon-secondary': '#ffffffb2',
    'icon-success': '#79d297',
    border: '#444444',
    'border-selected': '#0c8ce9',
  },
};

/** The style that Figma adds to the window. */
export function themeStyle(theme: Theme): string {
  const lines = Object.entries(THEME_COLOURS[theme]).map(([name, colour]) => `--figma-color-${name}: ${colour};`);
  return `:root { ${lines.join(' ')} }`;
}
