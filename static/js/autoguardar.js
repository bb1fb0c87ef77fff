/* Guarda el borrador solo, un momento después de cada cambio. Sin este guion el formulario
   funciona igual con su botón. */
(() => {
  const form = document.querySelector("[data-autoguardar]");
  if (!form) return;
  const estado = form.querySelector("[data-estado-guardado]");
  const avance = document.querySelector("[data-avance]");
  let espera = null;
  let enCurso = false;
  let pendiente = false;
  let alTerminar = null;
  let sucio = false;

  const decir = (texto) => { estado.textContent = texto; };

  async function guardar() {
    if (enCurso) { pendiente = true; return; }
    enCurso = true;
    pendiente = false;
    decir("Guardando…");
    try {
      await mandar();
    } catch {
      decir("Sin conexión: lo escrito sigue en esta página. Se guardará al volver la señal.");
      programar(15000);
    }
    enCurso = false;
    if (alTerminar) alTerminar();
    else if (pendiente) programar();
  }

  async function mandar() {
    const respuesta = await fetch(form.action || location.href, {
      method: "POST", body: new FormData(form), headers: { "X-Autoguardado": "1" },
    });
    const esJson = (respuesta.headers.get("Content-Type") || "").includes("json");
    if (!esJson) decir("No se pudo guardar solo: pulse «Guardar borrador».");
    else if (respuesta.ok) anotar(await respuesta.json());
    else rechazar(await respuesta.json());
  }

  function rechazar(datos) {
    decir(datos.error);
    if (!datos.csrf) return;
    // La persona volvió a ingresar en otra pestaña: con la señal nueva, el formulario sirve.
    form.elements.csrfmiddlewaretoken.value = datos.csrf;
    programar();
  }

  function anotar(datos) {
    for (const [codigo, version] of Object.entries(datos.versiones)) {
      const campo = form.elements[codigo ? `version_${codigo}` : "version"];
      if (campo) campo.value = version;
    }
    if (avance) avance.textContent = datos.avance;
    sucio = pendiente;
    decir(`Borrador guardado a las ${datos.hora}`);
  }

  function programar(demora = 1200) {
    clearTimeout(espera);
    espera = setTimeout(guardar, demora);
  }

  form.addEventListener("input", () => { sucio = true; programar(); });
  window.addEventListener("online", () => { if (sucio) programar(0); });
  window.addEventListener("beforeunload", (evento) => { if (sucio) evento.preventDefault(); });
  // Con un guardado a medio camino, enviar ya llevaría versiones viejas: se espera a que termine.
  form.addEventListener("submit", (evento) => {
    clearTimeout(espera);
    sucio = false;
    if (!enCurso) return;
    evento.preventDefault();
    alTerminar = () => { alTerminar = null; form.requestSubmit(evento.submitter); };
  });
})();
