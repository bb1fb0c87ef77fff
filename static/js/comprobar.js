/* Dice si un archivo es el documento que se emitió, sin que salga de este equipo: calcula su SHA-256
   aquí y lo compara con el de la página. Sin este guion, la página explica cómo hacerlo a mano. */
(() => {
  const parte = document.getElementById("con-guion");
  // Fuera de HTTPS el navegador no ofrece con qué calcularla: queda la explicación a mano.
  if (!parte || !window.crypto || !crypto.subtle) return;
  const archivo = document.getElementById("archivo");
  const resultado = document.getElementById("resultado");
  let turno = 0;

  function decir(clase, titulo, texto) {
    const aviso = document.createElement("div");
    aviso.className = `aviso ${clase}`;
    for (const [etiqueta, dicho] of [["h2", titulo], ["p", texto]]) {
      aviso.append(Object.assign(document.createElement(etiqueta), { textContent: dicho }));
    }
    resultado.replaceChildren(aviso);
  }

  async function suma(uno) {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await uno.arrayBuffer()));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function comparar() {
    const elegido = archivo.files[0];
    const mio = ++turno;
    resultado.replaceChildren();
    if (!elegido) return;
    try {
      const suya = await suma(elegido);
      // Mientras se calculaba pudo elegir otro.
      if (mio !== turno) return;
      if (suya === parte.dataset.suma) {
        decir("bien", "Es idéntico", `«${elegido.name}» es el documento que se emitió, sin ningún cambio.`);
      } else {
        decir("mal", "No es ese documento", `«${elegido.name}» no es el archivo que se emitió con este código: es otro, o alguien lo cambió. Su SHA-256 es ${suya}.`);
      }
    } catch {
      if (mio === turno) decir("mal", "No se pudo leer el archivo", "Elíjalo otra vez, o compruébelo a mano como se explica abajo.");
    }
  }

  archivo.addEventListener("change", comparar);
  parte.hidden = false;
  document.getElementById("a-mano").open = false;
})();
