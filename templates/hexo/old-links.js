'use strict';

// Pages that lead the platform's short links to the posts.
hexo.extend.generator.register('old-links', (locals) => {
  const posts = [...locals.posts.toArray(), ...locals.pages.toArray()];
  return posts.flatMap((post) => (post.aliases || []).map((alias) => {
    const url = encodeURI(hexo.config.root + post.path.replace(/index\.html$/, ''));
    return {
      path: `${alias.slice(1)}/index.html`,
      data: `<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${url}"><link rel="canonical" href="${url}"></head><body><a href="${url}">${url}</a></body></html>\n`,
    };
  }));
});
