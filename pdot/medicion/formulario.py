"""Mandar de vuelta el formulario de una página tal como vino, como lo haría el navegador."""

from html.parser import HTMLParser

CAMBIO = " · revisado "


def lo_que_se_envia(pagina, numero):
    """Los datos del formulario más grande de la página, con un texto cambiado por `numero`."""
    lector = _Lector()
    lector.feed(pagina.decode())
    datos = max(lector.formularios, key=lambda formulario: len(formulario.datos))
    if datos.libre:
        dicho = datos.datos[datos.libre].split(CAMBIO)[0]
        datos.datos[datos.libre] = f"{dicho}{CAMBIO}{numero}"
    return datos.datos


class _Formulario:
    def __init__(self):
        self.datos, self.libre = {}, ""


class _Lector(HTMLParser):
    """Junta los campos de cada formulario con su valor, como un navegador al enviarlo."""

    def __init__(self):
        super().__init__()
        self.formularios = []
        self.lista = self.area = None

    def handle_starttag(self, etiqueta, atributos):
        atributos = dict(atributos)
        if etiqueta == "form":
            self.formularios.append(_Formulario())
        if not self.formularios or "disabled" in atributos:
            return
        nombre = atributos.get("name")
        if etiqueta == "textarea" and nombre:
            self.area = nombre
            self._poner(nombre, "")
            self._se_puede_cambiar(nombre)
        elif etiqueta == "select":
            self.lista = nombre
        elif etiqueta == "option" and self.lista and "selected" in atributos:
            self._poner(self.lista, atributos.get("value", ""))
        elif etiqueta == "input" and nombre:
            self._entrada(nombre, atributos)

    def _entrada(self, nombre, atributos):
        tipo = atributos.get("type", "text")
        if tipo in ("radio", "checkbox"):
            if "checked" in atributos:
                self._poner(nombre, atributos.get("value", "on"))
        elif tipo not in ("submit", "button", "file"):
            self._poner(nombre, atributos.get("value") or "")
            if tipo == "text" and atributos.get("value"):
                self._se_puede_cambiar(nombre)

    def handle_endtag(self, etiqueta):
        if etiqueta == "textarea":
            self.area = None
        elif etiqueta == "select":
            self.lista = None

    def handle_data(self, texto):
        if self.area:
            # El salto con que Django abre un área de texto no es parte de lo escrito.
            antes = self.formularios[-1].datos[self.area]
            self._poner(self.area, antes + (texto if antes else texto.lstrip("\n")))

    def _poner(self, nombre, valor):
        self.formularios[-1].datos[nombre] = valor

    def _se_puede_cambiar(self, nombre):
        self.formularios[-1].libre = self.formularios[-1].libre or nombre
