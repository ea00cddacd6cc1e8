// Puts the state with its defaults into the address, in its own entry of the history, unless it has changed meanwhile.
(() => {
  const { page, asked, query } = document.currentScript.dataset;
  const same = (one, other) => new URLSearchParams(one).toString() === new URLSearchParams(other).toString();
  if (location.pathname.split("/").pop() === page && same(location.search, asked) && !same(asked, query))
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
})();
