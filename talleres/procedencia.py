"""De dónde viene una persona: reconocer el GAD que alguien escribió a su manera.

«Rioverde», «GADM de Rioverde», «0807» y «Rioverde (cantón, Esmeraldas)» son el mismo; «Bolívar»
son varios, y entonces se pregunta. Lo que no es un GAD es otra entidad.
"""

import re
from collections import defaultdict

from django.db.models import Exists, OuterRef, Q
from rapidfuzz import fuzz, process

from acompanamiento.models import Membresia
from territorios.models import Entidad, Gad
from territorios.texto import enumerar, recortar, sin_tildes

from .models import Convocado, Participante

Nivel = Participante.Nivel
PARTICULAS = {"de", "del", "la", "las", "los", "el", "y", "ilustre", "descentralizado", "gobierno"}
# Quien escribe esto habla de un GAD: si no se lo halla, es un error y no otra entidad.
DICEN_GAD = {"gad", "gadm", "gadmc", "gadp", "gadpp", "gadpr", "autonomo", "prefectura"}
DICEN_GAD |= {"municipio", "alcaldia"}
DICEN_NIVEL = {
    **dict.fromkeys(("provincial", "prefectura", "provincia", "gadpp"), Nivel.PROVINCIAL),
    **dict.fromkeys(("municipal", "municipio", "canton", "cantonal"), Nivel.MUNICIPAL),
    **dict.fromkeys(("alcaldia", "gadm", "gadmc"), Nivel.MUNICIPAL),
    **dict.fromkeys(("parroquial", "parroquia", "junta", "rural", "gadpr"), Nivel.PARROQUIAL),
}
NIVEL_DE_ENTIDAD = {
    Entidad.Tipo.RECTORA: Nivel.NACIONAL,
    Entidad.Tipo.EJECUTIVO: Nivel.NACIONAL,
    Entidad.Tipo.ACADEMIA: Nivel.SOCIEDAD,
    Entidad.Tipo.SOCIEDAD: Nivel.SOCIEDAD,
}
PARECIDO = 85
# Los que se nombran en un mensaje cuando hay varios con el mismo nombre.
A_LA_VISTA = 4


class SinReconocer(Exception):
    """Lo escrito puede ser un GAD y no se sabe cuál; el mensaje dice qué escribir."""


class Procedencias:
    """Los GAD del país, para reconocerlos por lo que alguien escribió. Dos consultas."""

    def __init__(self, convocados=()):
        """`convocados`: códigos de los GAD convocados; entre homónimos, son los que se prefieren.

        El nombre entero y el código eligen siempre sin preferencias.
        """
        self.convocados = set(convocados)
        self._por_clave, self._por_codigo, self._enteros = defaultdict(list), {}, {}
        for gad in Gad.objects.para_lista():
            self._anotar(gad)
        self._entidades = {
            _clave(escrito): NIVEL_DE_ENTIDAD.get(entidad.tipo, Nivel.OTRO)
            for entidad in Entidad.objects.all()
            for escrito in (entidad.nombre, entidad.siglas)
            if escrito
        }

    def gad(self, escrito):
        """El GAD escrito, o None si es otra entidad. Lanza SinReconocer."""
        if escrito.strip().isdigit():
            return self._de_codigo(escrito.strip())
        entero = self._enteros.get(_llano(escrito))
        if entero:
            return entero
        palabras = _palabras(escrito)
        niveles = {DICEN_NIVEL[p] for p in palabras if p in DICEN_NIVEL}
        candidatos = self._candidatos(palabras, niveles)
        if len(candidatos) == 1:
            return candidatos[0]
        if candidatos:
            raise SinReconocer(self._cual_de(escrito, candidatos))
        if _clave(escrito) in self._entidades:
            return None
        self._exigir_que_no_lo_parezca(escrito, palabras)
        return None

    def nivel_de_entidad(self, escrito):
        """El nivel de una entidad del catálogo, por su nombre o sus siglas; None si no está."""
        return self._entidades.get(_clave(escrito))

    def _anotar(self, gad):
        lugar = gad.territorio
        self._por_codigo[gad.pk] = gad
        for entero in (gad.nombre_con_lugar, gad.nombre_oficial):
            self._enteros[_llano(entero)] = gad
        superiores = [lugar.padre, lugar.padre and lugar.padre.padre]
        nombres = [superior.nombre for superior in superiores if superior]
        claves = {_clave(gad.nombre), *(_clave(f"{gad.nombre} {nombre}") for nombre in nombres)}
        for clave in claves | {_clave(" ".join([gad.nombre, *nombres]))}:
            self._por_clave[clave].append(gad)

    def _de_codigo(self, codigo):
        # Excel se come el cero de delante.
        gad = self._por_codigo.get(codigo) or self._por_codigo.get(f"0{codigo}")
        if gad is None:
            raise SinReconocer("no existe ningún GAD con ese código.")
        return gad

    def _candidatos(self, palabras, niveles):
        """Los GAD con ese nombre; entre homónimos, los del nivel dicho y los convocados."""
        suyas = [p for p in palabras if p not in DICEN_GAD and p not in DICEN_NIVEL]
        candidatos = self._por_clave.get(" ".join(suyas), [])
        if niveles:
            candidatos = [gad for gad in candidatos if Nivel.de(gad) in niveles]
        preferidos = [gad for gad in candidatos if gad.pk in self.convocados]
        return preferidos or candidatos

    def _cual_de(self, escrito, candidatos):
        nombres = [f"«{gad.nombre_con_lugar}»" for gad in candidatos[:A_LA_VISTA]]
        if len(candidatos) > A_LA_VISTA:
            nombres.append("otros")
        return (
            f"hay {len(candidatos)} GAD que se llaman así: {enumerar(nombres)}. Escriba cuál de "
            "ellos, o su código."
        )

    def _exigir_que_no_lo_parezca(self, escrito, palabras):
        suyas = " ".join(p for p in palabras if p not in DICEN_GAD and p not in DICEN_NIVEL)
        cercano = process.extractOne(
            suyas, self._por_clave.keys(), scorer=fuzz.ratio, score_cutoff=PARECIDO
        )
        if cercano:
            nombre = self._por_clave[cercano[0]][0].nombre_con_lugar
            raise SinReconocer(f"no hay un GAD con ese nombre. ¿Quiso decir «{nombre}»?")
        if DICEN_GAD & set(palabras):
            raise SinReconocer(f"no hay ningún GAD que se llame «{recortar(suyas, 40)}».")


def ofrecidos(encuentro):
    """Los GAD que se ofrecen al escribir: los convocados y, después, los miembros de sus grupos.

    Cada uno trae `convocado`. Una consulta.
    """
    suyos = Convocado.objects.filter(encuentro=encuentro)
    miembros = Membresia.objects.vigentes(encuentro.fecha).filter(grupo__encuentros=encuentro)
    gads = Gad.objects.filter(
        Q(pk__in=suyos.values("gad")) | Q(pk__in=miembros.values("gad"))
    ).annotate(convocado=Exists(suyos.filter(gad=OuterRef("pk"))))
    return list(gads.para_lista().order_by("-convocado", "territorio"))


def _palabras(escrito):
    """Sin tildes ni partículas: «GAD Parroquial de San Pedro» → [gad, parroquial, san, pedro]."""
    todas = re.findall(r"[a-z0-9]+", sin_tildes(escrito))
    return [palabra for palabra in todas if palabra not in PARTICULAS]


def _clave(escrito):
    return " ".join(_palabras(escrito))


def _llano(escrito):
    return " ".join(re.findall(r"[a-z0-9]+", sin_tildes(escrito)))
