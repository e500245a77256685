/* global Search */
// What the search quotes of a page: its article alone, without the buttons above it, and without what is hidden or not read.
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const article = page.querySelector("article.bd-article");
  if (!article) return "";
  for (const other of article.querySelectorAll(".headerlink, script, style, noscript, details > summary")) other.remove();
  return ((anchor && article.querySelector(anchor)) || article).textContent.replace(/\s+/g, " ").trim();
};
