/* Guarda el borrador solo: cada cambio queda primero en este equipo y se manda un momento después,
   una vez. Sin red se sigue escribiendo, aunque se cierre el navegador. Trata los campos por su
   nombre, sin saber qué preguntan. Lo trae autoguardar.js. */
(() => {
  const form = document.querySelector("form[data-autoguardar]");
  const pie = form.querySelector("[data-borrador]");
  const { envios } = self;
  const { quien, copia } = document.body.dataset;
  const { titulo, siguiente, servicio, ingresar, boton } = pie.dataset;
  const direccion = (form.getAttribute("action") ? form.action : location.href).split(/[?#]/)[0];
  const estado = form.querySelector("[data-estado-guardado]");
  const avance = document.querySelector("[data-avance]");
  const AJENOS = ["csrfmiddlewaretoken", "quedarse"];
  const SIN_VALOR = ["submit", "button", "file", "image", "reset", "fieldset"];
  const SIN_RED =
    "Sin conexión: lo escrito queda en este equipo y se enviará al volver la señal.";
  const EXIGE_RED =
    "Sin conexión: esto exige red. Lo escrito queda en este equipo; vuelva a pulsar con señal.";
  const DECIDA = `Hay dos textos: deje el que vale y pulse «${boton}».`;
  // Cuántas fichas tiene una lista lo sabe la página, no lo guardado.
  const CUANTAS_FICHAS = /-TOTAL_FORMS$/;
  const REINTENTO = 15000;
  // Lo que se espera a terminar de guardar antes de ir a otra página.
  const PACIENCIA = 8000;

  let hecha = Number(pie.dataset.hecha);
  let sucio = false;
  let seGuardaAqui = true;
  let disputas = [];
  let espera = null;
  let recuperado = "";

  // --- Los campos ----------------------------------------------------------------------------

  const controles = (uno) => [...uno.elements].filter((campo) =>
    campo.name && !campo.disabled && !SIN_VALOR.includes(campo.type) && !AJENOS.includes(campo.name));

  /* {valores, ocultos}: de nombre a lista de valores. `comoVino`: sin lo que se haya tecleado. */
  function leer(uno, comoVino = false) {
    const leido = { valores: {}, ocultos: {} };
    for (const campo of controles(uno)) {
      const parte = campo.type === "hidden" ? leido.ocultos : leido.valores;
      (parte[campo.name] ||= []).push(...valoresDe(campo, comoVino));
    }
    return leido;
  }

  function valoresDe(campo, comoVino) {
    if (campo.matches("[type=checkbox], [type=radio]")) {
      return (comoVino ? campo.defaultChecked : campo.checked) ? [campo.value] : [];
    }
    if (!campo.options) return [comoVino ? campo.defaultValue : campo.value];
    const elegidas = [...campo.options].filter((o) => comoVino ? o.defaultSelected : o.selected);
    if (!elegidas.length && !campo.multiple && campo.options.length) return [campo.options[0].value];
    return elegidas.map((opcion) => opcion.value);
  }

  function poner(puestos) {
    const turno = {};
    for (const campo of controles(form)) {
      const valores = puestos[campo.name];
      if (!valores || CUANTAS_FICHAS.test(campo.name)) continue;
      if (campo.matches("[type=checkbox], [type=radio]")) {
        campo.checked = valores.includes(campo.value);
      } else if (campo.options) {
        for (const opcion of campo.options) opcion.selected = valores.includes(opcion.value);
      } else {
        const valor = valores[turno[campo.name] ||= 0] ?? "";
        turno[campo.name] += 1;
        if (campo.value !== valor) campo.value = valor;
      }
    }
  }

  /* Que la lista tenga fichas para todo lo que se le va a poner; las agrega su guion. */
  function hacerSitio(ocultos) {
    form.dispatchEvent(new CustomEvent("hacer-sitio", { detail: ocultos }));
  }

  const diferencia = (ahora, antes) => Object.fromEntries(
    Object.entries(ahora).filter(([nombre, valores]) =>
      JSON.stringify(valores) !== JSON.stringify(antes[nombre] || [])));

  const limpio = (texto) => (texto || "").replace(/\s+/g, " ").trim();

  function leyendas() {
    const nombres = {};
    const opciones = {};
    for (const campo of controles(form)) {
      const suyo = limpio(campo.labels?.[0]?.textContent) || campo.getAttribute("aria-label");
      const grupo = limpio(campo.closest("fieldset")?.querySelector("legend")?.textContent);
      const esOpcion = campo.matches("[type=checkbox], [type=radio]");
      nombres[campo.name] ||= [grupo, esOpcion && grupo ? "" : suyo].filter(Boolean).join(" · ");
      if (esOpcion) opciones[`${campo.name}=${campo.value}`] = suyo;
      for (const uno of campo.options || []) opciones[`${campo.name}=${uno.value}`] = uno.text;
    }
    return { nombres, opciones };
  }

  // --- En este equipo ------------------------------------------------------------------------

  const vino = leer(form, true);
  let base = vino.valores;
  let visto = vino.valores;
  let anotando = null;
  let hayMas = false;

  const entrada = (leido) => ({
    borrador: true, cola: "borrador", quien, direccion, pagina: direccion, resumen: titulo, hecha,
    base, ...leido, ...leyendas(), cuando: new Date().toISOString(),
  });

  function anotar() {
    hayMas = true;
    anotando ||= anotarTodo().finally(() => { anotando = null; });
    return anotando;
  }

  async function anotarTodo() {
    while (hayMas) {
      hayMas = false;
      const leido = leer(form);
      const delta = diferencia(leido.valores, visto);
      visto = leido.valores;
      try {
        await envios.anotar({ ...entrada(leido), delta });
        seGuardaAqui = true;
      } catch {
        seGuardaAqui = false;
      }
    }
  }

  // --- Mandar --------------------------------------------------------------------------------

  const decir = (texto, ...mas) => estado.replaceChildren(texto, ...mas);
  let turno = Promise.resolve();
  let enCurso = 0;

  function guardar() {
    clearTimeout(espera);
    enCurso += 1;
    turno = turno.then(() => mandar(2)).catch(() => "red").finally(() => { enCurso -= 1; });
    return turno;
  }

  function programar(demora = 1200) {
    clearTimeout(espera);
    espera = setTimeout(guardar, demora);
  }

  /* Devuelve «enviada», «nada», «red», «sesion», «rechazada» o «disputa». */
  async function mandar(veces) {
    if (anotando) await anotando;
    if (disputas.length) return decir(DECIDA), "disputa";
    if (sucio) decir("Guardando…");
    const previo = sucio;
    sucio = false;
    const hecho = seGuardaAqui
      ? await envios.enviar(quien) : await envios.enviarSuelto(entrada(leer(form)));
    const propia = hecho.enviadas.find((una) => una.entrada.direccion === direccion);
    if (propia) asentado(propia);
    await pintar();
    if (propia) return "enviada";
    const rechazo = hecho.rechazo || (await delEquipo())?.rechazo;
    if (rechazo) return rechazado(rechazo, veces);
    sucio ||= previo && Boolean(hecho.detenida);
    return hecho.detenida ? detenido(hecho) : "nada";
  }

  const delEquipo = () => envios.borrador(quien, direccion).catch(() => null);

  /* Lo que llegó puede ser anterior a lo último que se tecleó: eso va en el envío que sigue. */
  function asentado({ entrada: enviada, datos, hecha: cuando }) {
    const { valores, ocultos } = leer(form);
    const todo = Object.keys(valores).every((uno) => envios.iguales(valores[uno], enviada.valores[uno]));
    poner(envios.conVersiones(ocultos, datos.versiones));
    [base, hecha, recuperado] = [enviada.valores, cuando, ""];
    if (avance && datos.avance) avance.textContent = datos.avance;
    decir(todo ? `Borrador guardado a las ${datos.hora}` : "Guardando…");
  }

  function detenido({ detenida, mensaje }) {
    if (detenida === "sesion") {
      const enlace = Object.assign(document.createElement("a"), {
        href: ingresar, target: "_blank", rel: "noopener", textContent: "Ingresar otra vez",
      });
      decir(`${mensaje || "Su sesión terminó."} Lo escrito se conserva en este equipo. `, enlace);
    } else {
      decir(SIN_RED);
      pedirAviso();
    }
    programar(REINTENTO);
    return detenida;
  }

  async function rechazado({ codigo, mensaje }, veces) {
    decir(mensaje);
    if (codigo !== 409 || !seGuardaAqui || !veces) return "rechazada";
    const llego = await loGuardado().catch(() => null);
    if (!llego) return "rechazada";
    const suyo = await delEquipo();
    if (await conciliar(suyo, llego, llego.hecha)) return decir(DECIDA), "disputa";
    return mandar(veces - 1);
  }

  /* Cómo está ahora la página en el servidor; nada si ya no se edita. */
  async function loGuardado() {
    const respuesta = await fetch(direccion, { cache: "no-store" });
    if (!respuesta.ok || respuesta.headers.get("X-Quien") !== quien) return null;
    const leida = new DOMParser().parseFromString(await respuesta.text(), "text/html");
    const otro = leida.querySelector("form[data-autoguardar]");
    const marca = otro?.querySelector("[data-borrador]");
    return marca && { ...leer(otro, true), hecha: Number(marca.dataset.hecha) };
  }

  // --- Conciliar con lo que guardó otra persona ------------------------------------------------

  /* Los campos que se deciden juntos: los de una pregunta o los de un renglón. */
  function grupos() {
    const hallados = new Map();
    for (const campo of controles(form)) {
      if (campo.type === "hidden") continue;
      const donde = campo.closest("fieldset, tr, [data-grupo]") || campo.name;
      hallados.set(donde, (hallados.get(donde) || new Set()).add(campo.name));
    }
    return [...hallados.values()].map((nombres) => [...nombres]);
  }

  /* Lo que solo cambió aquí se queda; lo que solo cambió allá entra; lo que cambió en los dos lados
     se muestra y decide la persona. Verdadero si algo hay que decidir. */
  async function conciliar(suyo, llego, cuando) {
    hacerSitio(suyo.ocultos);
    hacerSitio(llego.ocultos);
    const mios = { ...suyo.valores, ...diferencia(leer(form).valores, visto) };
    const puestos = {};
    const difieren = (nombres, unos, otros) => nombres.some((n) => !envios.iguales(unos[n], otros[n]));
    disputas = [];
    for (const nombres of grupos()) {
      const esMio = difieren(nombres, mios, suyo.base);
      const esAjeno = [suyo.base, ...(suyo.intentos || [])]
        .every((uno) => difieren(nombres, llego.valores, uno));
      const gana = esMio ? mios : llego.valores;
      for (const nombre of nombres) puestos[nombre] = gana[nombre] || [];
      if (esMio && esAjeno && difieren(nombres, mios, llego.valores)) {
        disputas.push(...nombres.filter((n) => !envios.iguales(mios[n], llego.valores[n])));
      }
    }
    const sobran = Object.keys(mios).filter((uno) =>
      !(uno in puestos) && !envios.iguales(mios[uno], suyo.base[uno]));
    poner(puestos);
    poner(llego.ocultos);
    visto = leer(form).valores;
    [base, hecha] = [llego.valores, cuando];
    mostrarDisputas(suyo, mios, llego.valores, sobran);
    const queda = { ...suyo, valores: { ...visto, ...elegidos(mios, sobran) } };
    if (!disputas.length) Object.assign(queda, { ocultos: leer(form).ocultos, base, hecha });
    queda.rechazo = disputas.length ? { codigo: 409, mensaje: DECIDA, errores: {} } : null;
    await envios.reemplazar({ ...queda, enviada: false }).catch(() => null);
    return disputas.length > 0;
  }

  const elegidos = (todos, nombres) => Object.fromEntries(nombres.map((n) => [n, todos[n]]));

  function mostrarDisputas({ nombres, opciones }, mios, ajenos, sobran) {
    form.querySelector("[data-disputas]")?.remove();
    if (!disputas.length && !sobran.length) return;
    disputas.push(...sobran);
    const caja = Object.assign(document.createElement("div"), { className: "aviso error", tabIndex: -1 });
    caja.dataset.disputas = "";
    caja.setAttribute("role", "alert");
    const lista = Object.assign(document.createElement("dl"), { className: "datos" });
    const legible = (nombre, valores) =>
      (valores || []).map((uno) => opciones[`${nombre}=${uno}`] || uno).join(", ") || "(vacío)";
    for (const nombre of disputas) {
      const guardado = sobran.includes(nombre) ? "ya no se edita aquí" : legible(nombre, ajenos[nombre]);
      lista.append(
        renglon("dt", nombres[nombre] || nombre), renglon("dd", `Guardado ahora: ${guardado}`),
        renglon("dd", `Usted escribió: ${legible(nombre, mios[nombre])}`));
    }
    caja.append(
      renglon("p", "Otra persona guardó mientras usted escribía: lo suyo todavía no se envió. Abajo "
        + `sigue en su lugar. Deje el texto que vale y pulse «${boton}»: reemplazará lo guardado.`), lista);
    pie.after(caja);
  }

  function renglon(etiqueta, texto) {
    return Object.assign(document.createElement(etiqueta), { textContent: texto });
  }

  /* La persona vio los dos textos y pulsó guardar: vale lo que hay en el formulario. */
  async function decidir() {
    disputas = [];
    form.querySelector("[data-disputas]")?.remove();
    visto = leer(form).valores;
    await envios.reemplazar(entrada(leer(form))).catch(() => { seGuardaAqui = false; });
  }

  // --- Lo pendiente y la copia, a la vista -----------------------------------------------------

  const cuando = (fecha) => new Date(fecha).toLocaleString("es-EC", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
    timeZone: "America/Guayaquil",
  });

  async function pintar() {
    const raiz = direccion.replace(/[^/]+\/$/, "");
    const suyas = (await envios.de(quien).catch(() => []))
      .filter((una) => una.borrador && una.direccion.startsWith(raiz));
    const dichos = [];
    if (copia) dichos.push(`Sin conexión: esta página es la copia del ${cuando(copia)}.`);
    if (recuperado) dichos.push(recuperado);
    const otras = suyas.filter((una) => una.direccion !== direccion);
    if (copia ? suyas.length : otras.length) {
      const cuales = (copia ? suyas : otras).map((una) => una.resumen);
      dichos.push(`Falta por enviar: ${cuales.join("; ")}.`);
    }
    pie.replaceChildren(...dichos.map((uno) => renglon("p", uno)));
    pie.hidden = !dichos.length;
  }

  // --- Lo que hace la persona ------------------------------------------------------------------

  function alEscribir() {
    sucio = true;
    anotar();
    programar();
  }

  form.addEventListener("input", alEscribir);
  window.addEventListener("online", () => guardar());
  document.addEventListener("visibilitychange", () => { if (!document.hidden && sucio) guardar(); });
  window.addEventListener("beforeunload", (evento) => {
    if (sucio && !seGuardaAqui) evento.preventDefault();
  });

  /* Con una red que no contesta se sigue: lo escrito ya está en el equipo y se mandará después. */
  function conPaciencia() {
    const tarda = new Promise((sigue) => { setTimeout(sigue, PACIENCIA, "red"); });
    return seGuardaAqui ? Promise.race([guardar(), tarda]) : guardar();
  }

  /* Lo que el autoguardado no hace y sí el botón: resolver una revisión, poner o quitar fichas. */
  const exigeRed = (pulsado) => [pulsado, ...controles(form)].some((uno) =>
    uno && "exigeRed" in uno.dataset && (uno.type === "checkbox" ? uno.checked : uno.value));

  form.addEventListener("submit", async (evento) => {
    evento.preventDefault();
    const sigue = evento.submitter?.name !== "quedarse";
    if (disputas.length) await decidir();
    const que = await conPaciencia();
    if (que === "rechazada" || (que === "red" && !seGuardaAqui)) enviarComoSiempre(evento.submitter);
    else if (exigeRed(evento.submitter)) alServidor(que, evento.submitter);
    else if (sigue && ["enviada", "nada", "red"].includes(que)) location.assign(siguiente);
    else if (que === "nada" && !estado.textContent) decir("No hay cambios por guardar.");
    else form.querySelector("[data-disputas]")?.focus();
  });

  function alServidor(que, pulsado) {
    if (["enviada", "nada"].includes(que)) enviarComoSiempre(pulsado);
    else if (que === "red") decir(EXIGE_RED);
    else form.querySelector("[data-disputas]")?.focus();
  }

  // Una foto no se guarda para después: se sube con señal.
  document.addEventListener("submit", (evento) => {
    const otro = evento.target.closest("form[data-exige-red]");
    if (!otro || navigator.onLine) return;
    evento.preventDefault();
    otro.querySelector("[data-sin-red]").textContent = "Sin conexión: vuelva a intentarlo con señal.";
  });

  /* El servidor explica junto a cada campo lo que no aceptó. */
  function enviarComoSiempre(pulsado) {
    if (envios.csrf()) form.elements.csrfmiddlewaretoken.value = envios.csrf();
    if (pulsado?.name) {
      const oculto = document.createElement("input");
      form.append(Object.assign(oculto, { type: "hidden", name: pulsado.name, value: pulsado.value }));
    }
    HTMLFormElement.prototype.submit.call(form);
  }

  // A otra página de esta casa se va con lo escrito ya guardado.
  document.addEventListener("click", async (evento) => {
    const enlace = evento.target.closest?.("a[href]");
    const conTecla = evento.button || evento.ctrlKey || evento.metaKey || evento.shiftKey;
    if (!enlace || conTecla || evento.defaultPrevented || enlace.target) return;
    if (!sucio && !anotando && !enCurso || enlace.getAttribute("href").startsWith("#")) return;
    evento.preventDefault();
    await conPaciencia();
    location.assign(enlace.href);
  });

  envios.alCambiar((enviada) => {
    if (enviada?.entrada.quien === quien && enviada.entrada.direccion === direccion) asentado(enviada);
    pintar();
  });

  // --- Empezar -------------------------------------------------------------------------------

  /* Lo que quedó en el equipo vuelve a su lugar. Falso si no había nada por enviar. */
  async function retomar(suyo) {
    if (suyo.enviada && suyo.hecha <= hecha) {
      await envios.olvidar(quien, direccion);
      return false;
    }
    // Vuelve con errores: lo tecleado ya está puesto, con lo que el servidor dijo de cada campo.
    if (form.querySelector("#errores")) {
      if (suyo.rechazo?.codigo === 409) disputas = ["errores"];
      return false;
    }
    if (!suyo.enviada) {
      recuperado = `Se recuperó lo que escribió el ${cuando(suyo.cuando)} y aún no se envía.`;
    }
    if (suyo.hecha < hecha && !suyo.enviada) {
      await conciliar(suyo, vino, hecha);
      return true;
    }
    hacerSitio(suyo.ocultos);
    poner(suyo.valores);
    poner(suyo.ocultos);
    [base, hecha, visto] = [suyo.base, suyo.hecha, leer(form).valores];
    return !suyo.enviada;
  }

  async function empezar() {
    envios.usarCsrf(form.elements.csrfmiddlewaretoken.value);
    const tempranos = diferencia(leer(form).valores, vino.valores);
    await envios.olvidarLoEnviado(quien).catch(() => null);
    const suyo = self.indexedDB ? await delEquipo() : null;
    sucio = suyo ? await retomar(suyo) : false;
    if (Object.keys(tempranos).length) {
      poner(tempranos);
      alEscribir();
    }
    await pintar();
    if ((await envios.de(quien).catch(() => [])).length) await guardar();
  }

  async function pedirAviso() {
    const registro = await navigator.serviceWorker?.getRegistration();
    await registro?.sync?.register("sin-enviar").catch(() => null);
  }

  /* Esta página y las demás de la evaluación quedan guardadas para abrirlas sin red. */
  async function prepararSinRed() {
    if (!navigator.serviceWorker || !self.caches || copia) return;
    await navigator.serviceWorker.register(servicio, { scope: "/", updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const ahorra = navigator.connection?.saveData;
    const enlaces = ahorra ? [] : [...document.querySelectorAll(".secciones a[href]")].map((uno) => uno.href);
    const pantallas = new Set([location.href, ...enlaces].map((uno) => uno.split(/[?#]/)[0]));
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => { if (data) pie.dataset.lista = data; };
    active.postMessage({ pantallas: [...pantallas], quien }, [port2]);
    navigator.storage?.persist?.();
  }

  empezar();
  const preparar = () => prepararSinRed().catch(() => null);
  if (document.readyState === "complete") preparar();
  else window.addEventListener("load", preparar);
})();
