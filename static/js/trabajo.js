/* Pone al día la barra de un trabajo sin recargar la página. Sin este guion, se recarga sola. */
(() => {
  const CADA = 2000;
  const estadoDe = (pagina) => pagina.getElementById("avance")?.dataset.estado;

  async function mirar() {
    const respuesta = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!respuesta.ok || respuesta.redirected) return location.reload();
    const nueva = new DOMParser().parseFromString(await respuesta.text(), "text/html");
    // Cambian los botones y no solo la cuenta: se vuelve a pedir entera.
    if (estadoDe(nueva) !== estadoDe(document)) return location.reload();
    document.getElementById("avance").replaceWith(document.adoptNode(nueva.getElementById("avance")));
    return setTimeout(seguir, CADA);
  }

  // Con la pestaña escondida no se pregunta; sin red se vuelve a probar.
  function seguir() {
    if (document.hidden) return document.addEventListener("visibilitychange", seguir, { once: true });
    return mirar().catch(() => setTimeout(seguir, CADA * 5));
  }

  setTimeout(seguir, CADA);
})();
