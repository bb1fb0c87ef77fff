/* En la página de la evaluación: lo que quedó en este equipo sin enviar, y «Enviar a revisión», que
   exige red y que nada quede atrás. Sin este guion, el botón envía como cualquiera. */
(() => {
  const panel = document.querySelector("[data-pendientes]");
  const { envios, rechazos } = self;
  if (!panel || !self.indexedDB) return;
  const { quien, copia } = document.body.dataset;
  const { servicio } = panel.dataset;
  const raiz = location.href.split(/[?#]/)[0];
  const SIN_RED = "No hay conexión: enviar a revisión exige red. Lo escrito sigue en este equipo.";
  const POR_DECIDIR = "Antes de enviar a revisión, decida qué hacer con lo que no se guardó.";
  let cuantas = null;
  const dicho = panel.querySelector("[data-dicho]");
  const lista = panel.querySelector("ul");

  const suyas = async () => (await envios.de(quien))
    .filter((una) => una.borrador && una.direccion.startsWith(raiz));

  async function pintar(texto) {
    const todas = await suyas();
    cuantas = todas.length;
    lista.replaceChildren(...todas.map((una) => {
      const fila = rechazos.fila(una, { descartar });
      if (!una.rechazo) fila.append(" ", enlaceA(una));
      return fila;
    }));
    const faltan = todas.length === 1
      ? "Falta enviar 1 sección." : `Faltan enviar ${todas.length} secciones.`;
    const partes = [texto];
    if (copia) partes.unshift(`Sin conexión: esta página es la copia del ${fecha(copia)}.`);
    if (todas.length) partes.push(`${faltan} Lo escrito está en este equipo y se envía solo.`);
    dicho.textContent = partes.filter(Boolean).join(" ");
    panel.hidden = !dicho.textContent;
    return todas;
  }

  const fecha = (cuando) => new Date(cuando).toLocaleString("es-EC", {
    day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
    timeZone: "America/Guayaquil",
  });

  const enlaceA = (una) =>
    Object.assign(rechazos.nodo("a", "Abrir"), { href: una.direccion });

  async function descartar(entrada) {
    await envios.olvidar(quien, entrada.direccion);
    await pintar(`Se descartó lo escrito en ${entrada.resumen}.`);
  }

  /* Manda lo pendiente. Si algo llegó, la página ya es vieja y se vuelve a pedir. */
  async function enviarPendientes() {
    if (!(await pintar()).length) return null;
    const { enviadas, detenida, mensaje } = await envios.enviar(quien);
    const llegaron = enviadas.some(({ entrada }) => entrada.direccion.startsWith(raiz));
    if (llegaron && !detenida) location.reload();
    await pintar(detenida === "sesion" ? mensaje || "Su sesión terminó: ingrese otra vez." : "");
    return { llegaron, detenida };
  }

  const hayRed = () => fetch(servicio, { method: "HEAD", cache: "no-store", signal: plazo() })
    .then(() => true, () => false);
  const plazo = () => self.AbortSignal?.timeout?.(10000);

  for (const form of document.querySelectorAll("form[data-exige-red]")) {
    form.addEventListener("submit", async (evento) => {
      if (cuantas === 0 && navigator.onLine && !copia) return;
      evento.preventDefault();
      if ((await enviarPendientes())?.llegaron) return;
      const quedan = await suyas();
      if (quedan.some((una) => una.rechazo)) await pintar(POR_DECIDIR);
      else if (quedan.length || !(await hayRed())) await pintar(SIN_RED);
      else HTMLFormElement.prototype.submit.call(form);
      if (!panel.hidden) panel.scrollIntoView({ block: "nearest" });
    });
  }

  envios.usarCsrf(document.querySelector("[name=csrfmiddlewaretoken]")?.value || "");
  window.addEventListener("online", () => enviarPendientes());
  envios.alCambiar((enviada) => {
    if (enviada?.entrada.direccion?.startsWith(raiz)) location.reload();
    else pintar();
  });
  enviarPendientes().catch(() => null);
})();
