const MARKDOWN_LINK = /(!?)(\[(?:[^[\]]|\[[^\]]*\])*\])\(([^()\s]+)\)/g;
const HTML_LINK = /\b(href|src|srcset)="([^"]+)"/g;
const ABSOLUTE = /^(?:[a-z][a-z+.-]*:|#|\/\/)/i;

/**
 * A document of the top folder for readers elsewhere: relative links lead to the repository. npm would resolve them
 * against the folder of the package.
 * @param repository `https://github.com/OWNER/NAME`
 */
export function withAbsoluteLinks(markdown, repository) {
  const page = (path) => absolute(path, `${repository}/blob/HEAD/`);
  const file = (path) => absolute(path, `${repository.replace('github.com', 'raw.githubusercontent.com')}/HEAD/`);
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part) => (part.startsWith('```') ? part : linked(part, page, file)))
    .join('');
}

function linked(text, page, file) {
  return text
    .replace(MARKDOWN_LINK, (_match, bang, label, path) =>
      bang === '!' ? `!${label}(${file(path)})` : `[${linked(label.slice(1, -1), page, file)}](${page(path)})`,
    )
    .replace(HTML_LINK, (_match, name, path) => `${name}="${name === 'href' ? page(path) : file(path)}"`);
}

function absolute(path, base) {
  return ABSOLUTE.test(path) ? path : base + path.replace(/^\.\//, '');
}
