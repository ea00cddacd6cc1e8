// A link or a form of ours opens in the same tab without loading the app anew, as one entry of the history.
(() => {
  if (window.basinSuiteFollows) return;
  window.basinSuiteFollows = true;
  const open = (url) => {
    if (url.href === location.href) return;
    const leaves = url.pathname !== location.pathname;
    history.pushState({}, "", url.href);
    dispatchEvent(new PopStateEvent("popstate"));
    const main = document.querySelector("[data-testid=stMain]");
    if (!leaves || !main) return;
    main.scrollTo(0, 0);
    main.setAttribute("tabindex", "-1"); // a keyboard and a screen reader begin at the new page too
    main.focus({ preventScroll: true });
  };
  const ours = (url) => url.origin === location.origin && !url.pathname.includes("/api/");
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".stHtml a[href]");
    const plain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    const url = new URL(link.href);
    if (!ours(url) || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    open(url);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.(".stHtml form");
    if (!form || !ours(new URL(form.action))) return;
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form));
    open(url);
  });
})();
