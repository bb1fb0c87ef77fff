/* Dice que algo está en camino cuando la respuesta tarda. Sin este guion se espera igual. */
(() => {
  for (const form of document.querySelectorAll("form[data-tarda]")) {
    const progreso = form.querySelector("[data-progreso]");
    form.addEventListener("submit", () => { progreso.textContent = form.dataset.tarda; });
    // Al volver con la flecha la página sale de la memoria tal como quedó.
    window.addEventListener("pageshow", () => { progreso.textContent = ""; });
  }
})();
