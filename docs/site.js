// Tables that are wider than the page scroll; so that they do with the keyboard alone, it must be able to reach them.
document$.subscribe(() =>
  requestAnimationFrame(() =>
    document.querySelectorAll(".md-typeset__scrollwrap").forEach((wrap) => { wrap.tabIndex = 0 })))
