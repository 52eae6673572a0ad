/** What runs in the page knows the browser's names, whichever project compiles it. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
