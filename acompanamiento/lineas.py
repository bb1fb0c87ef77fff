"""Cómo va la consulta de las líneas programáticas: quién validó, quién observó y quién falta."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from territorios.models import Gad

from .models import Pronunciamiento
from .models.linea import gads_consultables, gads_que_pronuncia

Sentido = Pronunciamiento.Sentido
NIVELES = {"municipales": "Cantonales", "parroquiales": "Parroquiales"}


@dataclass
class Conteo:
    """Cuántos GAD validan y observan el texto de hoy, y cuántos faltan."""

    validan: int = 0
    observan: int = 0
    faltan: int = 0

    def anotar(self, sentido):
        """`sentido`: el de un pronunciamiento, o None si el GAD no ha dicho nada."""
        if sentido == Sentido.VALIDA:
            self.validan += 1
        elif sentido == Sentido.OBSERVA:
            self.observan += 1
        else:
            self.faltan += 1

    @property
    def total(self):
        return self.validan + self.observan + self.faltan

    @property
    def todos_validan(self):
        return not self.observan and not self.faltan

    @property
    def huella(self):
        """Lo que quien adopta dice haber visto."""
        return f"{self.validan}-{self.observan}-{self.faltan}"


def contar(provincia, lineas):
    """Las líneas de una provincia, cada una con `niveles`: [(nombre del nivel, Conteo)].

    La que no se ha consultado lleva []. Tres consultas, sean cuantas sean.
    """
    lineas = list(lineas)
    dichos = _sentidos(lineas)
    gads = list(gads_consultables(provincia.pk).select_related("territorio"))
    hoy = timezone.localdate()
    for linea in lineas:
        conteos = {columna: Conteo() for columna in NIVELES}
        for gad in gads:
            if gad.territorio.vigente_en(linea.fecha_adopcion or hoy):
                conteos[Gad.COLUMNA[gad.nivel]].anotar(dichos.get((linea.pk, gad.pk)))
        linea.niveles = _con_nombre(conteos) if linea.ronda else []
    return lineas


def conteo_de(linea):
    """El Conteo de todos los niveles juntos, leído ahora. Dos consultas."""
    dichos = _sentidos([linea])
    conteo = Conteo()
    for codigo in linea.gads_consultados().values_list("pk", flat=True):
        conteo.anotar(dichos.get((linea.pk, codigo)))
    return conteo


def _sentidos(lineas):
    """{(línea, GAD): sentido} de lo que vale hoy."""
    rondas = {linea.pk: linea.ronda for linea in lineas}
    filas = Pronunciamiento.objects.filter(linea__in=list(rondas)).order_by()
    return {
        (linea, gad): sentido
        for linea, gad, ronda, sentido in filas.values_list("linea", "gad", "ronda", "sentido")
        if ronda == rondas[linea]
    }


def _con_nombre(conteos):
    return [(NIVELES[columna], conteo) for columna, conteo in conteos.items()]


@dataclass
class Renglon:
    """Un GAD ante la línea: lo que dice del texto de hoy o, si falta, lo último que dijo antes.

    `se_escribe`: si quien mira puede escribirlo por él.
    """

    gad: Gad
    vigente: Pronunciamiento | None
    anterior: Pronunciamiento | None
    se_escribe: bool


@dataclass
class Consulta:
    renglones: list[Renglon]
    niveles: list[tuple[str, Conteo]]

    @property
    def comentarios(self):
        """Los renglones que traen texto escrito; primero las observaciones."""
        con_texto = [r for r in self.renglones if r.vigente and r.vigente.observacion]
        return sorted(con_texto, key=lambda r: r.vigente.sentido != Sentido.OBSERVA)

    @property
    def anteriores(self):
        """Los renglones cuya última observación es de un texto anterior y falta que respondan."""
        return [r for r in self.renglones if r.anterior and r.anterior.observacion]

    @property
    def propios(self):
        """Los renglones de los GAD por los que puede hablar quien mira."""
        return [renglon for renglon in self.renglones if renglon.gad.puede]


def consulta_de(linea, usuario):
    """La consulta de una línea, con los que faltan. Dos consultas a la base."""
    puede = Exists(gads_que_pronuncia(usuario).filter(pk=OuterRef("pk")))
    gads = linea.gads_consultados().para_lista().annotate(puede=puede).order_by("pk")
    dichos = linea.pronunciamientos.select_related("por").order_by("ronda")
    ultimos = {dicho.gad_id: dicho for dicho in dichos}
    conteos = {columna: Conteo() for columna in NIVELES}
    renglones = []
    for gad in gads:
        ultimo = ultimos.get(gad.pk)
        vigente = ultimo if ultimo and ultimo.ronda == linea.ronda else None
        ajeno = vigente is not None and vigente.es_del_gad and usuario.gad_id is None
        renglones.append(
            Renglon(gad, vigente, None if vigente else ultimo, gad.puede and not ajeno)
        )
        conteos[Gad.COLUMNA[gad.nivel]].anotar(vigente.sentido if vigente else None)
    return Consulta(renglones, _con_nombre(conteos))
