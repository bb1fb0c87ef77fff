"""Leer una página como la leería un navegador: sus campos, sus enlaces y su texto."""

from html.parser import HTMLParser


class Pagina(HTMLParser):
    """Campos del formulario principal, enlaces, texto y lo que la CSP no dejaría correr.

    `campos` es lo que se enviaría sin tocar nada, como lista de pares; `enlaces`, los `href`;
    `prohibido`, los guiones sin archivo, los estilos en línea y los manejadores `on…`.
    """

    def __init__(self, html):
        super().__init__()
        self.campos, self.enlaces, self.formularios = [], [], []
        self.texto, self.prohibido = [], []
        self._select = self._textarea = self._cruda = None
        self.feed(html)

    def handle_starttag(self, etiqueta, atributos):
        a = dict(atributos)
        self._revisar(etiqueta, a)
        if etiqueta == "a" and a.get("href"):
            self.enlaces.append(a["href"])
        elif etiqueta == "form":
            self.formularios.append(a)
        elif etiqueta == "input" and a.get("name"):
            self._entrada(a)
        elif etiqueta == "select":
            self._select = None if "disabled" in a else a.get("name")
            self._multiple, self._opciones = "multiple" in a, []
        elif etiqueta == "option" and self._select:
            self._opciones.append((a.get("value", ""), "selected" in a))
        elif etiqueta == "textarea" and a.get("name") and "disabled" not in a:
            self._textarea = [a["name"], ""]
        if etiqueta in ("script", "style"):
            self._cruda = etiqueta

    def _revisar(self, etiqueta, a):
        # Los bloques de datos (application/json) no se ejecutan.
        if etiqueta == "script" and not a.get("src") and "json" not in (a.get("type") or ""):
            self.prohibido.append("<script> sin archivo")
        if etiqueta == "style":
            self.prohibido.append("<style>")
        self.prohibido += [f"{n}= en <{etiqueta}>" for n in a if n == "style" or n[:2] == "on"]

    def _entrada(self, a):
        tipo = a.get("type", "text")
        if "disabled" in a or tipo in ("submit", "button", "file", "image", "reset"):
            return
        if tipo in ("checkbox", "radio") and "checked" not in a:
            return
        self.campos.append((a["name"], a.get("value", "on" if tipo == "checkbox" else "")))

    def handle_endtag(self, etiqueta):
        if etiqueta == "select" and self._select:
            elegidas = [valor for valor, elegida in self._opciones if elegida]
            if not elegidas and not self._multiple and self._opciones:
                elegidas = [self._opciones[0][0]]
            self.campos += [(self._select, valor) for valor in elegidas]
            self._select = None
        elif etiqueta == "textarea" and self._textarea:
            nombre, texto = self._textarea
            # HTML no cuenta el salto con que empieza un <textarea>.
            self.campos.append((nombre, texto.replace("\r\n", "\n").removeprefix("\n")))
            self._textarea = None
        elif etiqueta == self._cruda:
            self._cruda = None

    def handle_data(self, datos):
        if self._textarea:
            self._textarea[1] += datos
        if not self._cruda:
            self.texto.append(datos)


def pagina(respuesta):
    return Pagina(respuesta.content.decode())


def lo_que_enviaria(respuesta, **cambios):
    """Lo que el navegador enviaría desde esa página, con `cambios` tecleados encima."""
    datos = {}
    for nombre, valor in pagina(respuesta).campos:
        datos.setdefault(nombre, []).append(valor)
    return datos | cambios
