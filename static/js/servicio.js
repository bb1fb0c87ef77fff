/* Guion de fondo: primero la red y, si no hay, la copia de las pantallas que se guardaron en este
   equipo. No toca lo que se envía. Cada pantalla es una caja «copia:quién:dirección» (sin filtros)
   con la página y sus estáticos: lo de una persona no se muestra a otra, y se borra entera. */
(() => {
  const { version, pagina, raiz, estaticos } = self.casa;
  const RESERVA = `reserva:${version}`;
  const CON_FILTRO = /[?&](foto|donde|mesa|gad)=/;
  // Lo que se espera a una red que no contesta si hay una copia que mostrar.
  const PLAZO = 8000;
  // Un equipo que se comparte no guarda nombres más de lo que dura un encuentro y su víspera.
  const DURA = 36 * 60 * 60 * 1000;

  async function instalar() {
    const caja = await caches.open(RESERVA);
    // Sin sesión: la página de reserva no lleva el nombre de nadie.
    await caja.add(new Request(pagina, { credentials: "omit", cache: "reload" }));
    await caja.addAll(estaticos);
  }

  async function activar() {
    await borrarCajas((nombre) => nombre.startsWith("reserva:") && nombre !== RESERVA);
    await self.clients.claim();
  }

  async function borrarCajas(cual) {
    const nombres = (await caches.keys()).filter(cual);
    return Promise.all(nombres.map((nombre) => caches.delete(nombre)));
  }

  // --- Páginas -------------------------------------------------------------------------------

  async function navegar(evento) {
    const guardada = await copia(evento.request.url);
    let respuesta;
    try {
      respuesta = await pedir(evento.request, guardada);
    } catch {
      return guardada ? marcada(guardada) : caches.match(pagina);
    }
    const quien = respuesta.headers.get("X-Quien");
    if (quien) {
      // Antes de mostrar nada: si cambió quién usa el equipo, lo guardado de antes se borra.
      const propias = `copia:${quien}:`;
      await borrarCajas((uno) => uno.startsWith("copia:") && !uno.startsWith(propias));
      evento.waitUntil(renovar(evento.request.url, quien, respuesta.clone()));
    }
    return respuesta;
  }

  function pedir(pedido, guardada) {
    if (!guardada) return fetch(pedido);
    const tarda = new Promise((_, mal) => { setTimeout(mal, PLAZO); });
    return Promise.race([fetch(pedido), tarda]);
  }

  /* La copia dice de cuándo es, para que la página lo muestre. */
  async function marcada(guardada) {
    const headers = new Headers(guardada.headers);
    for (const una of ["Content-Encoding", "Content-Length"]) headers.delete(una);
    const marca = `<body data-copia="${headers.get("Date")}"`;
    const html = (await guardada.text()).replace("<body", () => marca);
    return new Response(html, { status: 200, headers });
  }

  const sinFiltros = (url) => url.split(/[?#]/)[0];

  async function copia(url) {
    const pantalla = sinFiltros(url);
    const nombres = await caches.keys();
    const suya = nombres.find((uno) => uno.replace(/^copia:[^:]+:/, "") === pantalla);
    const guardada = suya && (await (await caches.open(suya)).match(pantalla, { ignoreVary: true }));
    if (!guardada || Date.now() - Date.parse(guardada.headers.get("Date")) < DURA) return guardada;
    await caches.delete(suya);
    return undefined;
  }

  /* Solo se renueva lo que la pantalla pidió guardar; lo que dejó de existir se borra. */
  async function renovar(url, quien, respuesta) {
    const pantalla = sinFiltros(url);
    const nombre = `copia:${quien}:${pantalla}`;
    if (!(await caches.has(nombre))) return;
    // Un tablero filtrado traería su filtro puesto en el formulario de quien abra la copia.
    if (CON_FILTRO.test(url)) return;
    if (respuesta.status === 200 && !respuesta.redirected) {
      await (await caches.open(nombre)).put(pantalla, respuesta);
    } else if ([403, 404, 410].includes(respuesta.status)) {
      await caches.delete(nombre);
    }
  }

  async function estatico(pedido) {
    try {
      return await fetch(pedido);
    } catch {
      return (await caches.match(pedido, { ignoreVary: true })) || Response.error();
    }
  }

  // --- Lo que llega --------------------------------------------------------------------------

  self.addEventListener("install", (evento) => {
    self.skipWaiting();
    evento.waitUntil(instalar());
  });
  self.addEventListener("activate", (evento) => evento.waitUntil(activar()));
  self.addEventListener("fetch", (evento) => {
    const { method, mode, url } = evento.request;
    const { origin, pathname } = new URL(url);
    if (method !== "GET" || origin !== self.location.origin) return;
    if (mode === "navigate") evento.respondWith(navegar(evento));
    else if (pathname.startsWith(raiz)) evento.respondWith(estatico(evento.request));
  });
  // El navegador despierta al guion cuando vuelve la red, aunque no quede ninguna pestaña.
  self.addEventListener("sync", (evento) => {
    if (evento.tag === "sin-enviar") evento.waitUntil(sincronizar());
  });

  async function sincronizar() {
    const { detenida } = await self.envios.enviar();
    if (detenida === "red") throw new Error("Sin red: el navegador lo intentará otra vez.");
  }
})();
