/* El tablero de aportes, en vivo: cada pocos segundos se pide lo que cambió y las tarjetas se ponen
   al día sin tocar lo que se está tecleando. También se agrupa arrastrando. Sin este guion sirven el
   botón «Actualizar» y las casillas. */
(() => {
  const tablero = document.querySelector("[data-tablero]");
  if (!tablero) return;
  const CADA = 4000;
  const MAYOR = 60000;
  const novedad = document.querySelector("[data-novedad]");
  const cuantas = document.querySelector("[data-cuantas]");
  const nueva = document.querySelector("[data-nueva]");
  let serie = Number(tablero.dataset.serie);
  let etiqueta = "";
  let espera = null;
  let demora = CADA;
  let pidiendo = false;

  const decir = (texto) => { novedad.textContent = texto; };
  const tarjetas = () => [...tablero.querySelectorAll("[data-tarjeta]")];
  const laDe = (pk) => tablero.querySelector(`[data-tarjeta="${pk}"]`);

  // --- Ponerse al día --------------------------------------------------------------------------

  async function pedir() {
    const encabezados = { Accept: "application/json" };
    if (etiqueta) encabezados["If-None-Match"] = etiqueta;
    const direccion = `${tablero.dataset.cambios}?desde=${serie}`;
    const respuesta = await fetch(direccion, { headers: encabezados, cache: "no-store" });
    if (respuesta.status === 304) return;
    const esJson = (respuesta.headers.get("Content-Type") || "").includes("json");
    if (!respuesta.ok || !esJson) throw new Error(respuesta.redirected ? "sesion" : "servidor");
    etiqueta = respuesta.headers.get("ETag") || "";
    recibir(await respuesta.json());
  }

  async function actualizar() {
    clearTimeout(espera);
    if (pidiendo) return;
    pidiendo = true;
    try {
      await pedir();
      if (demora > CADA) decir("");
      demora = CADA;
    } catch (falla) {
      demora = Math.min(demora * 2, MAYOR);
      decir(falla.message === "sesion"
        ? "Su sesión terminó: ingrese otra vez en otra pestaña."
        : "Sin conexión: se verán los cambios cuando vuelva.");
    }
    pidiendo = false;
    if (!document.hidden) espera = setTimeout(actualizar, demora);
  }

  function recibir(datos) {
    const antes = new Set(tarjetas().map((una) => una.dataset.tarjeta));
    for (const cumulo of datos.cumulos) titular(cumulo);
    for (const tarjeta of datos.tarjetas) poner(tarjeta);
    serie = Math.max(serie, datos.serie);
    limpiar();
    cuantas.textContent = tarjetas().length;
    const llegaron = tarjetas().filter((una) => !antes.has(una.dataset.tarjeta)).length;
    if (llegaron) decir(llegaron === 1 ? "Llegó una tarjeta." : `Llegaron ${llegaron} tarjetas.`);
    else if (datos.tarjetas.length) decir("El tablero cambió.");
  }

  function titular({ pk, titulo }) {
    for (const uno of tablero.querySelectorAll(`[data-cumulo="${pk}"] [data-titulo]`)) {
      uno.textContent = titulo;
    }
    const opcion = tablero.querySelector(`#cumulo option[value="${pk}"]`);
    if (opcion) opcion.textContent = titulo;
  }

  /* Quien está sobre una tarjeta con el teclado se queda en el mismo lugar de ella. */
  function poner(datos) {
    const vieja = laDe(datos.pk);
    const foco = vieja?.contains(document.activeElement)
      ? [...vieja.querySelectorAll("a, input, button")].indexOf(document.activeElement) : -1;
    const marcada = vieja?.querySelector('input[name="aporte"]')?.checked;
    vieja?.remove();
    const ajena = tablero.dataset.foto && String(datos.foto) !== tablero.dataset.foto;
    if (datos.retirada || ajena) return;
    const caja = document.createElement("template");
    caja.innerHTML = datos.html.trim();
    const tarjeta = caja.content.firstElementChild;
    lugarDe(datos, Number(tarjeta.dataset.orden), tarjeta);
    if (!vieja) tarjeta.classList.add("recien");
    if (marcada) tarjeta.querySelector('input[name="aporte"]').checked = true;
    if (foco >= 0) tarjeta.querySelectorAll("a, input, button")[foco]?.focus({ preventScroll: true });
  }

  function lugarDe(datos, orden, tarjeta) {
    const seccion = tablero.querySelector(`[data-seccion="${datos.seccion}"]`)
      || tablero.querySelector('[data-seccion=""]');
    seccion.hidden = false;
    const lista = datos.cumulo ? listaDe(seccion, datos) : seccion.querySelector("[data-sueltas]");
    const sigue = [...lista.children].find((una) => Number(una.dataset.orden) > orden);
    lista.insertBefore(tarjeta, sigue || null);
  }

  function listaDe(seccion, { cumulo, titulo }) {
    let caja = seccion.querySelector(`[data-cumulo="${cumulo}"]`);
    if (!caja) {
      caja = document.createElement("div");
      caja.className = "cumulo";
      caja.dataset.cumulo = cumulo;
      caja.innerHTML = '<h3><span data-titulo></span></h3><ul class="tarjetas"></ul>';
      caja.querySelector("[data-titulo]").textContent = titulo;
      seccion.insertBefore(caja, seccion.querySelector("[data-sueltas]"));
      ofrecer(cumulo, titulo);
    }
    return caja.querySelector("ul");
  }

  function ofrecer(pk, titulo) {
    const elegir = tablero.querySelector("#cumulo");
    if (elegir && !elegir.querySelector(`option[value="${pk}"]`)) elegir.add(new Option(titulo, pk));
  }

  function limpiar() {
    for (const caja of tablero.querySelectorAll("[data-cumulo]")) {
      if (!caja.querySelector("[data-tarjeta]")) caja.remove();
    }
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) actualizar(); });
  window.addEventListener("online", actualizar);
  document.addEventListener("cola:enviado", actualizar);
  document.querySelector("[data-actualizar]").addEventListener("click", (evento) => {
    evento.preventDefault();
    actualizar();
  });
  espera = setTimeout(actualizar, CADA);

  // --- Escribir rápido -------------------------------------------------------------------------

  if (nueva) {
    const texto = nueva.elements.texto;
    nueva.querySelector("[data-ayuda]").hidden = false;
    texto.addEventListener("keydown", (evento) => {
      if (evento.key !== "Enter" || evento.shiftKey || evento.isComposing) return;
      evento.preventDefault();
      if (texto.value.trim()) nueva.requestSubmit();
    });
    // Se vuelve de agregar una: se sigue escribiendo la próxima.
    if (location.hash === "#nueva") texto.focus();
  }

  // --- Agrupar arrastrando ---------------------------------------------------------------------

  if (!tablero.querySelector("[data-agrupar]")) return;
  let enMano = null;
  let recibe = null;
  tablero.classList.add("con-arrastre");

  function marcar(sitio) {
    recibe?.classList.remove("recibe");
    recibe = sitio;
    recibe?.classList.add("recibe");
  }

  /* Sobre un cúmulo entra en él; sobre una suelta, las dos forman uno; fuera, queda suelta. */
  function destino(donde) {
    const cumulo = donde.closest("[data-cumulo]");
    if (cumulo) return cumulo.contains(enMano) ? null : cumulo;
    const otra = donde.closest("[data-tarjeta]");
    if (otra) return otra === enMano ? null : otra;
    return enMano.closest("[data-cumulo]") ? donde.closest("[data-seccion]") : null;
  }

  async function agrupar(campos) {
    const datos = new FormData();
    datos.set("csrfmiddlewaretoken", tablero.elements.csrfmiddlewaretoken.value);
    for (const [nombre, valor] of campos) datos.append(nombre, valor);
    try {
      const respuesta = await fetch(tablero.action, {
        method: "POST", body: datos, headers: { Accept: "application/json" },
      });
      const dicho = await respuesta.json();
      decir(dicho.dicho || dicho.mensaje);
    } catch {
      decir("No se agrupó: revise la conexión y vuelva a intentarlo.");
    }
    await actualizar();
  }

  function soltar(sitio) {
    const pk = enMano.dataset.tarjeta;
    if (sitio.dataset.cumulo) return agrupar([["aporte", pk], ["cumulo", sitio.dataset.cumulo]]);
    if (!sitio.dataset.tarjeta) return agrupar([["aporte", pk], ["accion", "sacar"]]);
    const titulo = sitio.querySelector(".dicho p").textContent.trim().slice(0, 60);
    return agrupar([["aporte", sitio.dataset.tarjeta], ["aporte", pk], ["titulo", titulo]]);
  }

  // Sus enlaces, botones y casillas siguen siendo lo que son: se arrastra desde lo demás.
  tablero.addEventListener("pointerdown", (evento) => {
    const tarjeta = evento.target.closest("[data-tarjeta]");
    if (tarjeta && !evento.target.closest("a, button, input")) tarjeta.draggable = true;
  });
  tablero.addEventListener("dragstart", (evento) => {
    enMano = evento.target.closest("[data-tarjeta]");
    evento.dataTransfer.effectAllowed = "move";
    enMano.classList.add("en-mano");
  });
  tablero.addEventListener("dragover", (evento) => {
    if (!enMano) return;
    marcar(destino(evento.target));
    if (recibe) evento.preventDefault();
  });
  tablero.addEventListener("drop", (evento) => {
    if (!enMano || !recibe) return;
    evento.preventDefault();
    soltar(recibe);
  });
  tablero.addEventListener("dragend", () => {
    enMano.classList.remove("en-mano");
    enMano.draggable = false;
    enMano = null;
    marcar(null);
  });
})();
