/* Agrega fichas en blanco a la hoja de información sin volver al servidor. Sin este guion las
   fichas en blanco aparecen al guardar el borrador. */
(() => {
  const lista = document.querySelector("[data-datos]");
  const molde = document.querySelector("[data-dato-nuevo]");
  const boton = document.querySelector("[data-agregar-dato]");
  const total = document.querySelector("[name$='-TOTAL_FORMS']");
  const tope = document.querySelector("[name$='-MAX_NUM_FORMS']");
  if (!lista || !molde || !boton || !total) return;

  function agregar() {
    const numero = Number(total.value);
    const ficha = document.createElement("div");
    ficha.append(molde.content.cloneNode(true));
    for (const parte of ficha.querySelectorAll("[name], [id], [for]")) {
      for (const atributo of ["name", "id", "for"]) {
        const valor = parte.getAttribute(atributo);
        if (valor) parte.setAttribute(atributo, valor.replace("__prefix__", numero));
      }
    }
    const nueva = ficha.firstElementChild;
    lista.append(nueva);
    total.value = numero + 1;
    ajustar();
    return nueva;
  }

  function ajustar() {
    boton.hidden = Number(total.value) >= Number(tope.value);
  }

  boton.addEventListener("click", () => agregar().querySelector("input").focus());
  // Lo que se recupera de este equipo puede traer más fichas que la página.
  lista.closest("form").addEventListener("hacer-sitio", ({ detail }) => {
    const hacenFalta = Math.min(Number(detail[total.name]?.[0] || 0), Number(tope.value));
    while (Number(total.value) < hacenFalta) agregar();
  });
  ajustar();
})();
