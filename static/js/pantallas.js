/* Guion de fondo: guarda, para abrirlas sin red, las pantallas que una página le pide. Cada una es la
   misma caja «copia:quién:dirección» que lee servicio.js. */
(() => {
  const { raiz } = self.casa;
  // Las que se abren con red se renuevan solas: aquí solo se pide lo que falta o está por vencer.
  const VIEJA = 12 * 60 * 60 * 1000;

  async function guardar(url, quien) {
    const nombre = `copia:${quien}:${url}`;
    if (await estaAlDia(nombre, url)) return true;
    // Si la sesión se cerró entretanto no se sigue al ingreso: pedirlo aquí cambiaría la señal del
    // formulario de ingreso que alguien tiene abierto.
    const copia = await fetch(url, { credentials: "same-origin", redirect: "error" });
    if (!copia.ok || copia.headers.get("X-Quien") !== quien) return false;
    const caja = await caches.open(nombre);
    await caja.put(url, copia.clone());
    for (const uno of estaticosDe(await copia.text())) {
      if (!(await caja.match(uno))) await caja.add(uno);
    }
    return true;
  }

  async function estaAlDia(nombre, url) {
    if (!(await caches.has(nombre))) return false;
    const copia = await (await caches.open(nombre)).match(url, { ignoreVary: true });
    return copia && Date.now() - Date.parse(copia.headers.get("Date")) < VIEJA;
  }

  function estaticosDe(html) {
    const nombrados = [...html.matchAll(/(?:href|src|data-guiones)="([^"]+)"/g)]
      .flatMap(([, varios]) => varios.split(" "));
    return new Set(nombrados.filter((uno) => uno.startsWith(raiz)));
  }

  async function guardarTodas(urls, quien) {
    let guardadas = 0;
    for (const url of urls) guardadas += await guardar(url, quien).catch(() => false) ? 1 : 0;
    return guardadas;
  }

  self.addEventListener("message", (evento) => {
    const { pantallas, quien } = evento.data || {};
    if (!pantallas) return;
    const propias = pantallas.filter((url) => url.startsWith(`${self.location.origin}/`));
    const hecho = guardarTodas(propias, quien);
    evento.waitUntil(hecho.then((n) => evento.ports[0]?.postMessage(n)));
  });
})();
