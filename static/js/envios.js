/* Lo escrito y aún no enviado: se guarda en este equipo (IndexedDB) y se manda una sola vez.
   Lo usan la página (cola.js) y el guion de fondo (servicio.js), por turnos entre pestañas. */
self.envios = (() => {
  const TABLA = "envios";
  const PLAZO = 30000;
  // Después de estas respuestas repetir no sirve: decide una persona.
  const DECIDE_ALGUIEN = [400, 403, 404, 409, 410, 413, 415, 422];
  const FALLA = "El servidor falló: se intentará otra vez.";
  const SIN_MENSAJE = {
    403: "Su cuenta no tiene permiso para enviar esto.",
    404: "Ya no existe o está fuera de su alcance.",
    410: "Ya no se recibe: el registro se cerró o el enlace venció.",
    413: "Es demasiado grande para enviarse.",
  };
  const canal = self.BroadcastChannel ? new BroadcastChannel("sin-enviar") : null;
  let csrf = "";

  // --- Guardar -------------------------------------------------------------------------------

  function abrir() {
    return new Promise((bien, mal) => {
      const pedido = indexedDB.open("sin-enviar", 1);
      pedido.onupgradeneeded = () =>
        pedido.result.createObjectStore(TABLA, { keyPath: "orden", autoIncrement: true });
      pedido.onsuccess = () => bien(pedido.result);
      pedido.onerror = () => mal(pedido.error);
    });
  }

  async function operar(modo, hacer) {
    const base = await abrir();
    try {
      return await new Promise((bien, mal) => {
        const paso = base.transaction(TABLA, modo, { durability: "strict" });
        const pedido = hacer(paso.objectStore(TABLA));
        paso.oncomplete = () => bien(pedido?.result);
        paso.onerror = paso.onabort = () => mal(paso.error);
      });
    } finally {
      base.close();
    }
  }

  const todas = () => operar("readonly", (tabla) => tabla.getAll());
  const de = async (quien) => (await todas()).filter((una) => una.quien === quien);
  const poner = (entrada) => operar("readwrite", (tabla) => tabla.put(entrada));
  const borrar = (orden) => operar("readwrite", (tabla) => tabla.delete(orden));

  /* A las demás pestañas y al guion de fondo: algo cambió o, si viene, se envió esto. */
  function avisar(enviada = null) {
    canal?.postMessage({ enviada });
  }

  /* Guarda una entrada nueva; si corrige a otra, ocupa su lugar en el mismo paso. */
  async function guardar(entrada, corrige) {
    await operar("readwrite", (tabla) => {
      if (corrige) tabla.delete(corrige);
      return tabla.add(entrada);
    });
    avisar();
  }

  const quitar = (orden) => porTurnos(async () => { await borrar(orden); avisar(); });

  // --- Mandar --------------------------------------------------------------------------------

  // Dos pestañas no mandan a la vez. Donde no hay turnos, el servidor reconoce lo repetido.
  function porTurnos(hacer) {
    return self.navigator.locks ? navigator.locks.request("sin-enviar", hacer) : hacer();
  }

  function pedir(entrada) {
    const cuerpo = new FormData();
    for (const [nombre, valor] of entrada.campos) cuerpo.append(nombre, valor);
    return fetch(entrada.direccion, {
      method: "POST",
      body: cuerpo,
      credentials: "same-origin",
      redirect: "manual",
      signal: self.AbortSignal?.timeout?.(PLAZO),
      headers: {
        Accept: "application/json",
        "X-Autoguardado": "1",
        "X-Quien": entrada.quien,
        "X-CSRFToken": csrf,
      },
    });
  }

  async function leer(respuesta) {
    const esJson = (respuesta.headers.get("Content-Type") || "").includes("json");
    return esJson ? respuesta.json() : null;
  }

  async function mandar(entrada) {
    let respuesta = await pedir(entrada);
    let datos = await leer(respuesta);
    if (respuesta.status === 403 && datos?.csrf) {
      // La señal contra formularios ajenos venció: el servidor da la nueva y se repite una vez.
      csrf = datos.csrf;
      respuesta = await pedir(entrada);
      datos = await leer(respuesta);
    }
    return { respuesta, datos };
  }

  /* Qué pasó con una entrada: «enviada», «sesion», «rechazada», o «red» y «servidor» si hay que
     repetir. */
  function dictamen({ respuesta, datos }) {
    const { status } = respuesta;
    if (respuesta.ok && datos && "pk" in datos) return "enviada";
    if (status === 401 || respuesta.type === "opaqueredirect") return "sesion";
    // Un portal de wifi también contesta 403 o 404: solo se cree lo que dice la plataforma.
    const esNuestra = datos || respuesta.headers.has("X-Quien");
    if (DECIDE_ALGUIEN.includes(status) && esNuestra && !datos?.csrf) return "rechazada";
    return esNuestra && status >= 500 ? "servidor" : "red";
  }

  function rechazo({ respuesta: { status }, datos }) {
    return {
      codigo: status,
      mensaje: datos?.mensaje || datos?.error || SIN_MENSAJE[status] || "El servidor no lo aceptó.",
      errores: datos?.errores || {},
      actual: datos?.actual || null,
    };
  }

  async function enviarUna(entrada) {
    const contestado = await mandar(entrada).catch(() => null);
    const que = contestado ? dictamen(contestado) : "red";
    const datos = contestado?.datos;
    if (que === "enviada") {
      await borrar(entrada.orden);
      avisar({ entrada, datos });
    }
    if (que === "rechazada") {
      await poner({ ...entrada, rechazo: rechazo(contestado) });
      avisar();
    }
    return { que, datos };
  }

  /* Manda lo pendiente de `quien` (o de todos) en orden; se detiene si no hay red o sesión.
     Devuelve lo enviado y, si algo la detuvo, por qué: «red» o «sesion», y el mensaje. */
  function enviar(quien) {
    return porTurnos(async () => {
      const enviadas = [];
      let falla = null;
      for (const entrada of quien ? await de(quien) : await todas()) {
        if (entrada.rechazo) continue;
        const { que, datos } = await enviarUna(entrada);
        if (que === "enviada") enviadas.push({ entrada, datos });
        // Lo que el servidor no pudo atender se repite después; lo demás no espera por ello.
        if (que === "servidor") falla = { detenida: "red", mensaje: datos?.mensaje || FALLA };
        // Lo de otra persona espera a que vuelva a entrar; lo demás puede seguir.
        if (que === "red" || (que === "sesion" && quien)) {
          return { enviadas, detenida: que, mensaje: datos?.error || datos?.mensaje };
        }
      }
      return { enviadas, ...falla };
    });
  }

  return {
    guardar,
    quitar,
    de,
    enviar,
    usarCsrf: (valor) => { csrf = valor; },
    alCambiar: (hacer) => canal?.addEventListener("message", ({ data }) => hacer(data.enviada)),
  };
})();
