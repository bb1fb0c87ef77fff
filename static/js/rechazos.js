/* Lo que el servidor no aceptó: se muestra con su motivo y con lo que hay guardado, y decide una
   persona. «Corregir» lo devuelve al formulario; nada se borra ni se sobrescribe solo. */
self.rechazos = (() => {
  const NOMBRES = { registro: "Registro", aporte: "Aporte", borrador: "Borrador" };
  const DE_ESCRIBIR = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";
  // Los pone el formulario, no la persona.
  const CALLADOS = /^(csrfmiddlewaretoken|clave_envio|version.*|accion|next)$/;

  function nodo(etiqueta, texto, clase) {
    const hecho = document.createElement(etiqueta);
    if (texto) hecho.textContent = texto;
    if (clase) hecho.className = clase;
    return hecho;
  }

  function boton(texto, clase, hacer) {
    const hecho = nodo("button", texto, `btn btn-sm ${clase}`);
    hecho.type = "button";
    hecho.addEventListener("click", hacer);
    return hecho;
  }

  const direccionDe = (form) =>
    new URL(form.getAttribute("action") || location.href, location.href).href.split("#")[0];
  const formDe = (entrada) => [...document.querySelectorAll("form[data-cola]")].find(
    (form) => form.dataset.cola === entrada.cola && direccionDe(form) === entrada.direccion,
  );
  const campos = (form, nombre) => [...form.elements].filter((uno) => uno.name === nombre);
  const conservados = (form) =>
    (form.dataset.conserva || "").split(" ").flatMap((nombre) => nombre ? campos(form, nombre) : []);

  // --- Mostrar -------------------------------------------------------------------------------

  function resumen(entrada) {
    const nombre = NOMBRES[entrada.cola] || entrada.cola;
    return entrada.resumen ? `${nombre} «${entrada.resumen}»` : nombre;
  }

  function hora(entrada) {
    return new Date(entrada.cuando).toLocaleString("es-EC", {
      day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
      timeZone: "America/Guayaquil",
    });
  }

  function fila(entrada, acciones) {
    const renglon = nodo("li");
    renglon.append(nodo("span", resumen(entrada)), " ", nodo("span", hora(entrada), "chico suave"));
    if (entrada.rechazo) renglon.append(...explicado(entrada), ...salidas(entrada, acciones));
    return renglon;
  }

  function explicado(entrada) {
    const { codigo, mensaje, errores, actual } = entrada.rechazo;
    const partes = [];
    const motivos = Object.entries(errores);
    if (motivos.length) {
      const lista = nodo("ul", "", "chico");
      for (const [nombre, textos] of motivos) {
        const titulo = entrada.etiquetas[nombre];
        const texto = [textos].flat().join(" ");
        lista.append(nodo("li", titulo ? `${titulo}: ${texto}` : texto));
      }
      partes.push(nodo("p", "No se guardó:", "motivo"), lista);
    } else {
      partes.push(nodo("p", mensaje, "motivo"));
    }
    // En un equipo de todos (el registro de la puerta) no se muestra lo que escribió cada quien.
    return entrada.resumen ? [...partes, ...comparado(entrada, codigo === 409 && actual)] : partes;
  }

  /* Lo escrito o, si otra persona guardó antes, lo guardado y lo escrito donde difieren. */
  function comparado(entrada, actual) {
    const escrito = Object.fromEntries(entrada.campos);
    const nombres = Object.keys(entrada.etiquetas).filter((nombre) => !CALLADOS.test(nombre));
    const comunes = nombres.filter((nombre) => actual && nombre in actual);
    if (!comunes.length) {
      const llenos = nombres.filter((nombre) => escrito[nombre]);
      return tabla("Lo que usted escribió", llenos, escrito, entrada);
    }
    const llano = (valor) => String(valor ?? "").replaceAll("\r\n", "\n");
    const distintos = comunes.filter((n) => llano(actual[n]) !== llano(escrito[n]));
    return [
      ...tabla("Lo que hay guardado", distintos, actual, entrada),
      ...tabla("Lo que usted escribió", distintos, escrito, entrada),
    ];
  }

  function tabla(titulo, nombres, valores, entrada) {
    const lista = nodo("dl", "", "datos chico");
    for (const nombre of nombres) {
      const valor = valores[nombre];
      const legible = entrada.opciones[`${nombre}=${valor}`] || valor?.name || valor;
      lista.append(nodo("dt", entrada.etiquetas[nombre]), nodo("dd", String(legible || "(vacío)")));
    }
    return nombres.length ? [nodo("p", titulo, "subtitulo chico"), lista] : [];
  }

  function salidas(entrada, { corregir, descartar }) {
    const botones = nodo("p", "", "acciones");
    const preguntar = () => {
      const si = boton("Sí, descartar", "btn-danger", () => descartar(entrada));
      botones.replaceChildren(
        nodo("span", "Se borra de este equipo y no se envía."), si,
        boton("No, conservar", "btn-outline-primary", ofrecer),
      );
      si.focus();
    };
    const ofrecer = () => botones.replaceChildren(
      formDe(entrada)
        ? boton("Corregir", "btn-outline-primary", () => corregir(entrada))
        : enlaceParaCorregir(entrada),
      boton("Descartar", "btn-outline-danger", preguntar),
    );
    ofrecer();
    return [botones];
  }

  function enlaceParaCorregir(entrada) {
    const enlace = nodo("a", "Corregir", "btn btn-sm btn-outline-primary");
    enlace.href = `${entrada.pagina}#corregir=${entrada.orden}`;
    return enlace;
  }

  // --- Corregir ------------------------------------------------------------------------------

  function escritos(form) {
    const aparte = conservados(form);
    return [...form.querySelectorAll(DE_ESCRIBIR)].some((uno) =>
      !aparte.includes(uno) && uno.value !== uno.defaultValue && uno.value.trim());
  }

  function llenar(form, entrada) {
    form.reset();
    for (const uno of form.elements) {
      if (uno.matches("[type=checkbox], [type=radio]")) uno.checked = false;
    }
    for (const [nombre, valor] of entrada.campos) {
      if (nombre === "clave_envio" || valor instanceof Blob) continue;
      for (const uno of campos(form, nombre)) {
        if (uno.matches("[type=checkbox], [type=radio]")) uno.checked ||= uno.value === valor;
        else if (uno.multiple && uno.options) marcar(uno, valor);
        else if (uno.type !== "submit") uno.value = valor;
      }
    }
    // Quien corrige ya vio lo que hay guardado: parte de ahí, y otra novedad volvería a avisar.
    const version = entrada.rechazo?.actual?.version;
    const lleva = [...campos(form, "version"), ...campos(form, "version_leida")];
    if (version) for (const uno of lleva) uno.value = version;
  }

  function marcar(lista, valor) {
    for (const opcion of lista.options) opcion.selected ||= opcion.value === valor;
  }

  function limpiarErrores(form) {
    for (const uno of form.querySelectorAll("[data-error-de-cola]")) uno.remove();
    for (const uno of form.querySelectorAll("[aria-invalid]")) {
      uno.removeAttribute("aria-invalid");
      uno.classList.remove("is-invalid");
    }
  }

  function senalar(form, errores) {
    for (const [nombre, textos] of Object.entries(errores)) {
      const visible = campos(form, nombre).find((uno) => uno.type !== "hidden");
      if (!visible) continue;
      const aviso = nodo("p", [textos].flat().join(" "), "invalid-feedback error");
      aviso.id = `error-de-cola-${nombre}`;
      aviso.dataset.errorDeCola = "";
      (visible.closest(".mb-3, fieldset, div") || visible).append(aviso);
      visible.setAttribute("aria-invalid", "true");
      visible.setAttribute("aria-describedby", aviso.id);
      visible.classList.add("is-invalid");
    }
  }

  /* Devuelve la entrada al formulario; falso si ahí hay algo a medio escribir, que no se pisa. */
  function corregir(entrada) {
    const form = formDe(entrada);
    if (!form || escritos(form)) return false;
    llenar(form, entrada);
    limpiarErrores(form);
    senalar(form, entrada.rechazo?.errores || {});
    form.dataset.corrige = entrada.orden;
    const primero = form.querySelector("[aria-invalid]") || form.querySelector("textarea");
    (primero || form.querySelector(DE_ESCRIBIR))?.focus();
    return true;
  }

  return {
    fila, resumen, corregir, llenar, escritos, limpiarErrores, conservados, direccionDe, nodo, boton,
    CALLADOS, DE_ESCRIBIR,
  };
})();
