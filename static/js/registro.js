/* Registrar con teclado: sobre las opciones de sexo, basta la letra. Sin este guion, las flechas. */
(() => {
  for (const grupo of document.querySelectorAll("[data-letras]")) {
    grupo.addEventListener("keydown", (evento) => {
      if (evento.ctrlKey || evento.metaKey || evento.altKey) return;
      const letra = evento.key.toLowerCase();
      for (const opcion of grupo.querySelectorAll("label")) {
        if (opcion.querySelector("kbd").textContent.toLowerCase() !== letra) continue;
        const boton = opcion.querySelector("input");
        boton.checked = true;
        boton.focus();
        boton.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
})();
