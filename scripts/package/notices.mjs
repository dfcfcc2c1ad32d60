import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginPackages } from '../../plugin/bundle.mjs';

/** `THIRD_PARTY_NOTICES.md` of the package, from the bundles and from the lists of training data and samples. */
export async function packageNotices(top) {
  const packages = await pluginPackages();
  const parts = [
    '# Third-party notices',
    'Samepoint is distributed under the MIT licence. Its package contains the work of others that is listed here. npm installs its other dependencies beside it; each has its licence in its own folder.',
    '## Code in the plugin (`lib/plugin`)',
    ...packages.map(packageSection),
    '## The embedded model (`models/ui`)',
    'The weights are distributed under the MIT licence. They contain none of the following works; they are trained on pictures of them.',
    nested(readFileSync(join(top, 'training', 'DATA.md'), 'utf8')),
  ];
  const samples = join(top, 'daemon', 'samples', 'README.md');
  if (existsSync(samples)) parts.push('## Sample images (`samples`)', nested(readFileSync(samples, 'utf8')));
  return `${parts.join('\n\n')}\n`;
}

function packageSection({ name, version, licence, homepage, text }) {
  const title = homepage === undefined ? `${name} ${version}` : `[${name}](${homepage}) ${version}`;
  return `### ${title}\n\n${licence}\n\n\`\`\`\`\n${text}\n\`\`\`\``;
}

/** A document as a part of another: without its title, with its headings two levels down. */
function nested(markdown) {
  return markdown
    .trim()
    .replace(/^# .*\n+/, '')
    .replace(/^(#+ )/gm, '##$1');
}
