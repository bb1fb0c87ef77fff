/* Las pantallas de registro y de aportes siguen sin red: lo que se envía se guarda primero en este
   equipo y se manda en cuanto se puede. Sin este guion, el formulario se envía como cualquiera. */
(() => {
  const { servicio, estaticos, ingresar } = document.currentScript.dataset;
  const { quien: miembro, puerta } = document.body.dataset;
  // En la puerta el teléfono pasa de mano en mano: lo escrito no es de quien tenga la sesión.
  const quien = puerta === undefined ? miembro : "nadie";
  const { envios, rechazos } = self;
  const { nodo, boton } = rechazos;
  if (!self.indexedDB) return;
  const PRIMERA = 2000;
  const MAYOR = 120000;
  const DICHO = "cola:dicho";
  // Pasado esto, en la puerta ya puede ser otra persona la que mira.
  const SIGUE_AHI = 8000;
  const SIN_DONDE = "Este equipo no deja guardar lo escrito: aquí hace falta señal para enviar.";
  const PANTALLA = location.origin + location.pathname;
  let demora = PRIMERA;
  let espera = null;
  let detenida = null;
  let ultimo = "";
  let idas = 0;

  // --- El aviso ------------------------------------------------------------------------------

  // Van sueltos y no en una caja: así el renglón se queda arriba en toda la página.
  const panel = nodo("div", "", "cola no-imprimir");
  const dicho = nodo("p");
  dicho.setAttribute("role", "status");
  dicho.setAttribute("aria-live", "polite");
  const ahora = boton("Enviar ahora", "btn-primary", () => enviar());
  const otraVez = nodo("a", "Ingresar otra vez", "btn btn-sm btn-primary");
  Object.assign(otraVez, { href: ingresar, target: "_blank", rel: "noopener" });
  const lista = nodo("ul", "", "lista-simple sin-enviar no-imprimir");
  lista.setAttribute("aria-label", "Sin enviar");
  panel.append(dicho, otraVez, ahora);
  document.querySelector("main").prepend(panel, lista);

  function frase(todas, rechazadas) {
    if (!todas.length) return ultimo;
    const partes = [`${todas.length} sin enviar.`];
    if (rechazadas.length === 1) partes.push("Uno necesita que usted decida.");
    if (rechazadas.length > 1) partes.push(`${rechazadas.length} necesitan que usted decida.`);
    if (rechazadas.length < todas.length) partes.push(motivo());
    return partes.join(" ");
  }

  function motivo() {
    if (detenida?.mensaje) return detenida.mensaje;
    if (detenida?.por === "sesion") return "Su sesión terminó. Lo escrito se conserva aquí.";
    if ((detenida || !navigator.onLine) && !self.SyncManager) {
      return "Sin conexión: deje abierta esta página y se envían cuando vuelva la señal.";
    }
    if (detenida || !navigator.onLine) return "Sin conexión: se envían solos cuando vuelva la señal.";
    return "Enviando…";
  }

  async function pintar() {
    const todas = await envios.de(quien);
    const rechazadas = todas.filter((una) => una.rechazo);
    const texto = frase(todas, rechazadas);
    if (dicho.textContent !== texto) dicho.textContent = texto;
    panel.classList.toggle("con-pendientes", todas.length > 0);
    ahora.hidden = rechazadas.length === todas.length;
    otraVez.hidden = ahora.hidden || detenida?.por !== "sesion";
    lista.hidden = !todas.length;
    lista.replaceChildren(...todas.map((una) => rechazos.fila(una, { corregir, descartar })));
    return todas;
  }

  function corregir(entrada) {
    if (rechazos.corregir(entrada)) return;
    ultimo = dicho.textContent = "Primero envíe o borre lo que está a medio escribir.";
  }

  async function descartar(entrada) {
    await envios.quitar(entrada.orden);
    ultimo = `Se descartó: ${rechazos.resumen(entrada)}.`;
    await pintar();
  }

  // --- Guardar -------------------------------------------------------------------------------

  function claveNueva() {
    if (self.crypto.randomUUID) return crypto.randomUUID();
    const azar = [...crypto.getRandomValues(new Uint8Array(16))];
    azar[6] = (azar[6] & 15) | 64;
    azar[8] = (azar[8] & 63) | 128;
    const hex = azar.map((uno) => uno.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function etiquetasDe(form) {
    const etiquetas = {};
    const opciones = {};
    for (const uno of form.elements) {
      if (!uno.name || uno.type === "hidden" || uno.type === "submit") continue;
      const propia = uno.labels?.[0]?.textContent.replace("*", "").trim();
      const deGrupo = uno.closest("fieldset")?.querySelector("legend")?.textContent.trim();
      const esOpcion = uno.matches("[type=radio]");
      if (uno.matches("[type=checkbox]")) opciones[`${uno.name}=on`] = "sí";
      etiquetas[uno.name] ||= (esOpcion && deGrupo) || propia || uno.getAttribute("aria-label");
      if (esOpcion) opciones[`${uno.name}=${uno.value}`] = propia;
      for (const opcion of uno.options || []) opciones[`${uno.name}=${opcion.value}`] = opcion.text;
    }
    return { etiquetas, opciones };
  }

  function entradaDe(form, submitter) {
    form.elements.clave_envio.value = claveNueva();
    const datos = [...new FormData(form)];
    if (submitter?.name) datos.push([submitter.name, submitter.value]);
    const campos = datos.filter(([nombre, valor]) =>
      nombre !== "csrfmiddlewaretoken" && !(valor instanceof File && !valor.size));
    const texto = campos.find(([nombre, valor]) =>
      !rechazos.CALLADOS.test(nombre) && typeof valor === "string" && valor.trim()
      && form.elements[nombre]?.matches?.("textarea, input:not([type=hidden])"));
    return {
      clave_envio: form.elements.clave_envio.value,
      cola: form.dataset.cola,
      direccion: rechazos.direccionDe(form),
      pagina: PANTALLA,
      campos,
      ...etiquetasDe(form),
      // Sin sesión el equipo puede ser de todos: la lista no dice de quién es cada envío.
      resumen: quien === "nadie" ? "" : (texto?.[1].trim().slice(0, 80) ?? ""),
      cuando: new Date().toISOString(),
      quien,
    };
  }

  /* `data-conserva` nombra los campos que siguen para la próxima: la pregunta, la mesa… */
  function vaciar(form) {
    const quedan = rechazos.conservados(form).map((uno) => [uno, uno.value, uno.checked]);
    form.reset();
    for (const [uno, value, checked] of quedan) Object.assign(uno, { value, checked });
    form.elements.clave_envio.value = claveNueva();
    rechazos.limpiarErrores(form);
    delete form.dataset.corrige;
    const vacios = [...form.querySelectorAll(rechazos.DE_ESCRIBIR)].filter((uno) => !uno.value);
    const siguen = rechazos.conservados(form);
    vacios.find((uno) => !siguen.includes(uno))?.focus();
  }

  document.addEventListener("submit", async (evento) => {
    const form = evento.target.closest("form[data-cola]");
    if (!form || evento.defaultPrevented) return;
    evento.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    const entrada = entradaDe(form, evento.submitter);
    const corrige = Number(form.dataset.corrige) || null;
    // Se vacía antes de guardar: lo que se teclee mientras tanto ya es de la siguiente.
    vaciar(form);
    try {
      await envios.guardar(entrada, corrige);
    } catch {
      sinDondeGuardar(form, entrada, evento.submitter);
      return;
    } finally {
      form.ariaBusy = null;
    }
    navigator.storage?.persist?.();
    idas = 0;
    await enviar();
    await seguir(form, entrada.clave_envio);
  });

  /* Disco lleno o modo privado: con red se envía como cualquier formulario; sin ella, vuelve. */
  function sinDondeGuardar(form, entrada, pulsado) {
    if (!rechazos.escritos(form)) rechazos.llenar(form, entrada);
    dicho.textContent = SIN_DONDE;
    if (!navigator.onLine) return;
    if (pulsado?.name) {
      const oculto = Object.assign(nodo("input"), { type: "hidden" });
      form.append(Object.assign(oculto, { name: pulsado.name, value: pulsado.value }));
    }
    HTMLFormElement.prototype.submit.call(form);
  }

  // Si se borra a mano lo que se corregía, lo siguiente es de otra persona y no lo reemplaza.
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-cola]");
    if (form?.dataset.corrige && !rechazos.escritos(form)) delete form.dataset.corrige;
  });

  /* Con red se sigue como siempre: si se guardó, a la página que toque (`data-al-enviar`); si un
     campo está mal, vuelve al formulario con su error al lado. */
  async function seguir(form, clave) {
    const suya = (await envios.de(quien)).find((una) => una.clave_envio === clave);
    if (!suya) irA(form);
    const sigue = quien !== "nadie" || Date.now() - Date.parse(suya?.cuando) < SIGUE_AHI;
    if (suya?.rechazo?.codigo === 400 && sigue) rechazos.corregir(suya);
  }

  const esEsta = (direccion) => new URL(direccion, location.href).pathname === location.pathname;

  function irA(form) {
    const { alEnviar } = form.dataset;
    // Lo que ya se esté escribiendo vale más que mostrar la página siguiente.
    if (!alEnviar || rechazos.escritos(form)) return;
    if (esEsta(alEnviar)) sessionStorage.setItem(DICHO, ultimo);
    location.assign(alEnviar);
  }

  /* Cuando se mandó todo, la pantalla que muestra lo guardado (la nómina) se vuelve a pedir. */
  function ponerAlDia() {
    for (const form of document.querySelectorAll("form[data-cola][data-al-enviar]")) {
      if (esEsta(form.dataset.alEnviar)) irA(form);
    }
  }

  function retomarLoDicho() {
    ultimo = sessionStorage.getItem(DICHO) || "";
    sessionStorage.removeItem(DICHO);
  }

  // --- Mandar --------------------------------------------------------------------------------

  async function enviar() {
    clearTimeout(espera);
    await pintar();
    const { enviadas, detenida: por, mensaje } = await envios.enviar(quien);
    detenida = por ? { por, mensaje } : null;
    enviadas.forEach(anunciar);
    if (!por || enviadas.length) demora = PRIMERA;
    if (por === "red") {
      pedirAviso();
      espera = setTimeout(enviar, demora);
      demora = Math.min(demora * 2, MAYOR);
    }
    await cerrar(enviadas.length > 0);
  }

  async function cerrar(seEnvioAlgo) {
    const quedan = await pintar();
    if (seEnvioAlgo && !quedan.length) ponerAlDia();
  }

  /* Quien muestra la lista en la pantalla escucha «cola:enviado» para ponerse al día. */
  function anunciar(enviada) {
    idas += 1;
    ultimo = idas === 1 ? `Se envió: ${rechazos.resumen(enviada.entrada)}.` : `Se enviaron ${idas}.`;
    document.dispatchEvent(new CustomEvent("cola:enviado", { detail: enviada }));
  }

  function enSeguida() {
    demora = PRIMERA;
    enviar();
  }

  window.addEventListener("online", enSeguida);
  window.addEventListener("offline", pintar);
  window.addEventListener("pageshow", (evento) => { if (evento.persisted) enSeguida(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) enSeguida(); });
  // Lo que mandó otra pestaña, o el guion de fondo, también se cuenta aquí.
  envios.alCambiar((enviada) => {
    const esPropia = enviada?.entrada.quien === quien;
    if (esPropia) anunciar(enviada);
    cerrar(esPropia);
  });

  // --- La pantalla, guardada en el equipo ------------------------------------------------------

  /* Para que el navegador la mande al volver la red aunque ya no quede ninguna pestaña abierta. */
  async function pedirAviso() {
    const registro = await navigator.serviceWorker?.getRegistration();
    await registro?.sync?.register("sin-enviar").catch(() => null);
  }

  async function guardarPantalla() {
    const nombre = `copia:${miembro}:${PANTALLA}`;
    const caja = await caches.open(nombre);
    if (!(await caja.match(PANTALLA, { ignoreVary: true }))) {
      const copia = await fetch(PANTALLA);
      const sirve = copia.ok && !copia.redirected && copia.headers.get("X-Quien") === miembro;
      if (!sirve) return caches.delete(nombre);
      await caja.put(PANTALLA, copia);
    }
    const usados = performance.getEntriesByType("resource").map((uno) => uno.name)
      .filter((url) => new URL(url).pathname.startsWith(estaticos));
    for (const url of usados) if (!(await caja.match(url))) await caja.add(url);
    if (navigator.onLine) await quitarViejos(caja, [PANTALLA, ...usados]);
    return true;
  }

  async function quitarViejos(caja, sirven) {
    for (const pedido of await caja.keys()) {
      if (!sirven.includes(pedido.url)) await caja.delete(pedido);
    }
  }

  async function prepararSinRed() {
    if (!navigator.serviceWorker || !self.caches) return;
    await navigator.serviceWorker.register(servicio, { scope: "/", updateViaCache: "none" });
    await navigator.serviceWorker.ready;
    if (await guardarPantalla()) panel.dataset.lista = "";
  }

  async function empezar() {
    retomarLoDicho();
    envios.usarCsrf(document.querySelector("[name=csrfmiddlewaretoken]")?.value || "");
    await enviar();
    const [, orden] = location.hash.match(/^#corregir=(\d+)$/) || [];
    const suya = orden && (await envios.de(quien)).find((una) => una.orden === Number(orden));
    if (suya) corregir(suya);
  }

  empezar().catch(() => { dicho.textContent = SIN_DONDE; });
  // Sin formulario (el encuentro se canceló, la puerta se cerró) solo se ve lo que quedó pendiente.
  if (document.querySelector("form[data-cola]")) {
    window.addEventListener("load", () => prepararSinRed().catch(() => null));
  }
})();
