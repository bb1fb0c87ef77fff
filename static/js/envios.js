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
  // Lo ya enviado de un borrador se conserva un tiempo, pero no está pendiente.
  const de = async (quien) =>
    (await todas()).filter((una) => una.quien === quien && !una.enviada);
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

  // --- Borradores ----------------------------------------------------------------------------

  /* Un formulario a medio llenar es una sola entrada por persona y dirección, que cada cambio pone
     al día: {valores, ocultos, base}, de nombre a lista de valores. `base` es lo que había en el
     servidor a la `hecha` (segundos de su reloj); `ocultos`, las versiones leídas y lo demás que
     no teclea nadie. Enviado, se queda como `enviada`: la copia de la página sin red es más vieja. */

  const llano = (valores) =>
    (valores || []).map((uno) => String(uno).replaceAll("\r\n", "\n").trim()).join("\u0000");
  const iguales = (unos, otros) => llano(unos) === llano(otros);
  const pares = (campos) =>
    Object.entries(campos).flatMap(([nombre, valores]) => valores.map((uno) => [nombre, uno]));

  /* Lo que se manda, y los nombres de lo que cambió para mostrarlo. */
  function armado(borrador) {
    const { valores, ocultos, base, nombres } = borrador;
    const cambiados = Object.keys(valores).filter((uno) => !iguales(valores[uno], base[uno]));
    return {
      ...borrador,
      campos: [...pares(ocultos), ...pares(valores)],
      etiquetas: Object.fromEntries(cambiados.map((uno) => [uno, nombres[uno] || uno])),
    };
  }

  /* Cambia el borrador en un solo paso: `hacer` recibe el que hay y devuelve el que queda. */
  function cambiarBorrador({ quien, direccion }, hacer) {
    return operar("readwrite", (tabla) => {
      const pedido = tabla.getAll();
      pedido.onsuccess = () => {
        const actual = pedido.result.find((una) => esBorrador(una, quien, direccion));
        const queda = hacer(actual);
        if (queda) tabla.put(actual ? { ...armado(queda), orden: actual.orden } : armado(queda));
        else if (actual) tabla.delete(actual.orden);
      };
    });
  }

  const esBorrador = (una, quien, direccion) =>
    una.borrador && una.quien === quien && una.direccion === direccion;

  async function borrador(quien, direccion) {
    return (await todas()).find((una) => esBorrador(una, quien, direccion)) || null;
  }

  /* Suma a lo guardado lo que se tecleó (`delta`). Si otra pestaña o el guion de fondo supieron
     después que esta página qué hay en el servidor, vale lo que ellos supieron. */
  async function anotar({ delta, ...nuevo }) {
    await cambiarBorrador(nuevo, (actual) => {
      const sirve = actual && (!actual.enviada || actual.hecha > nuevo.hecha);
      if (!sirve) return { ...nuevo, vez: 1 };
      const disputa = actual.rechazo?.codigo === 409;
      const ocultos = disputa || actual.hecha > nuevo.hecha
        ? conSusFichas(actual.ocultos, nuevo.ocultos) : conSusFichas(nuevo.ocultos, actual.ocultos);
      return {
        ...actual,
        ocultos,
        valores: { ...actual.valores, ...delta },
        cuando: nuevo.cuando,
        vez: (actual.vez || 0) + 1,
        rechazo: disputa ? actual.rechazo : null,
        enviada: false,
      };
    });
    avisar();
  }

  /* Una lista manda tantas fichas como la que más tuvo: las que sobran van en blanco. */
  function conSusFichas(ocultos, otros) {
    const cuentas = Object.keys(ocultos).filter((uno) => uno.endsWith("-TOTAL_FORMS"));
    const mayor = (uno) => Math.max(...[ocultos, otros].map((los) => Number(los[uno]?.[0] || 0)));
    return { ...ocultos, ...Object.fromEntries(cuentas.map((uno) => [uno, [String(mayor(uno))]])) };
  }

  async function reemplazar(nuevo) {
    await cambiarBorrador(nuevo, (actual) => ({ ...nuevo, vez: (actual?.vez || 0) + 1 }));
    avisar();
  }

  async function olvidar(quien, direccion) {
    await cambiarBorrador({ quien, direccion }, () => null);
    avisar();
  }

  /* Lo enviado por otra cuenta, o hace más de lo que dura una copia, no se guarda más. */
  function olvidarLoEnviado(quien) {
    const limite = Date.now() / 1000 - 36 * 60 * 60;
    return operar("readwrite", (tabla) => {
      const recorre = tabla.openCursor();
      recorre.onsuccess = () => {
        const { result } = recorre;
        if (!result) return;
        const { enviada, quien: suyo, hecha } = result.value;
        if (enviada && (suyo !== quien || hecha < limite)) result.delete();
        result.continue();
      };
    });
  }

  function conVersiones(ocultos, versiones) {
    const puestos = { ...ocultos };
    for (const [codigo, version] of Object.entries(versiones || {})) {
      const nombre = [codigo ? `version_${codigo}` : "version", codigo].find((uno) => uno in ocultos);
      if (nombre) puestos[nombre] = [String(version)];
    }
    return puestos;
  }

  /* El servidor guardó `enviado`; lo que se tecleó mientras tanto parte de ahí. */
  function asentar(enviado, versiones, hecha) {
    return cambiarBorrador(enviado, (actual) => actual && {
      ...actual,
      base: enviado.valores,
      ocultos: conVersiones(actual.ocultos, versiones),
      hecha,
      enviada: actual.vez === enviado.vez,
      intentos: [],
    });
  }

  /* Antes de mandar: si la respuesta se pierde, lo que aparezca guardado puede ser esto mismo. */
  function anotarIntento(borrador) {
    return cambiarBorrador(borrador, (actual) => actual && {
      ...actual, intentos: [...(actual.intentos || []), borrador.valores].slice(-5),
    });
  }

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
    if (respuesta.ok && datos && ("pk" in datos || "versiones" in datos)) return "enviada";
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
    if (entrada.borrador) await anotarIntento(entrada);
    const contestado = await mandar(entrada).catch(() => null);
    const que = contestado ? dictamen(contestado) : "red";
    const datos = contestado?.datos;
    const hecha = contestado ? segundos(contestado.respuesta) : 0;
    if (que === "enviada") {
      if (entrada.borrador) await asentar(entrada, datos.versiones, hecha);
      else await borrar(entrada.orden);
      avisar({ entrada, datos, hecha });
    }
    if (que === "rechazada") {
      await anotarRechazo(entrada, rechazo(contestado));
      avisar();
    }
    return { que, datos, hecha };
  }

  // Del reloj del servidor, que es el que dice cuán vieja es una página.
  const segundos = (respuesta) =>
    Math.floor((Date.parse(respuesta.headers.get("Date")) || Date.now()) / 1000);

  function anotarRechazo(entrada, rechazo) {
    if (!entrada.borrador) return poner({ ...entrada, rechazo });
    return cambiarBorrador(entrada, (actual) => {
      // Lo que se corrigió mientras viajaba no es lo que se rechazó; un conflicto, en cambio, sigue.
      const sigue = actual && (actual.vez === entrada.vez || rechazo.codigo === 409);
      return sigue ? { ...actual, rechazo } : actual;
    });
  }

  /* Manda lo pendiente de `quien` (o de todos) en orden; se detiene si no hay red o sesión.
     Devuelve lo enviado y, si algo la detuvo, por qué: «red» o «sesion», y el mensaje. */
  function enviar(quien) {
    return porTurnos(async () => {
      const enviadas = [];
      let falla = null;
      for (const entrada of quien ? await de(quien) : await todas()) {
        if (entrada.rechazo || entrada.enviada) continue;
        const { que, datos, hecha } = await enviarUna(entrada);
        if (que === "enviada") enviadas.push({ entrada, datos, hecha });
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

  /* Manda un borrador que este equipo no dejó guardar. */
  async function enviarSuelto(suelto) {
    const entrada = armado(suelto);
    const contestado = await mandar(entrada).catch(() => null);
    const que = contestado ? dictamen(contestado) : "red";
    const datos = contestado?.datos;
    if (que === "enviada") {
      return { enviadas: [{ entrada, datos, hecha: segundos(contestado.respuesta) }] };
    }
    if (que === "rechazada") return { enviadas: [], rechazo: rechazo(contestado) };
    return { enviadas: [], detenida: que === "sesion" ? que : "red", mensaje: datos?.error };
  }

  return {
    guardar,
    quitar,
    de,
    enviar,
    borrador,
    anotar,
    reemplazar,
    olvidar,
    olvidarLoEnviado,
    iguales,
    conVersiones,
    enviarSuelto,
    csrf: () => csrf,
    usarCsrf: (valor) => { csrf = valor; },
    alCambiar: (hacer) => canal?.addEventListener("message", ({ data }) => hacer(data.enviada)),
  };
})();
