/* Busca los choques de un encuentro mientras se teclea, un momento después de cada cambio. Sin este
   guion los busca el botón. */
(() => {
  const form = document.querySelector("[data-busca-choques]");
  const lista = form && form.querySelector("[data-choques]");
  if (!lista) return;
  let espera = null;
  let turno = 0;

  async function buscar() {
    const mio = ++turno;
    const datos = new FormData(form);
    datos.set("accion", "choques");
    try {
      const respuesta = await fetch(window.location.href, { method: "POST", body: datos });
      const pagina = new DOMParser().parseFromString(await respuesta.text(), "text/html");
      const nueva = pagina.querySelector("[data-choques]");
      // Si mientras tanto se tecleó otra cosa, vale la respuesta que viene.
      if (nueva && mio === turno && nueva.textContent !== lista.textContent) {
        lista.replaceChildren(...nueva.childNodes);
      }
    } catch {
      // Sin red no se avisa de nada: al guardar se buscan otra vez.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(espera);
    espera = setTimeout(buscar, 600);
  });
})();
