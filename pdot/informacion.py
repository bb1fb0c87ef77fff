"""El libro de información de un grupo: quién tiene, requiere o puede entregar qué dato (S:357-359).

Solo lectura, sobre la última evaluación aprobada que quien entra puede ver de cada miembro. Los
emparejamientos que nadie ha decidido se proponen por parecido; el de un cantón que tiene lo que le
falta a una de sus parroquias es candidato a «Diagnóstico único» (recomendación 6.d, S:845).
"""

from dataclasses import dataclass, field
from functools import cached_property

from territorios.models import Gad
from territorios.texto import sin_tildes

from .coherencia import aprobadas_de, miembros_de
from .models import Emparejamiento, Informacion
from .similitud import agrupar, comparar

OFERTAS_A_LA_VISTA = 5
Situacion = Informacion.Situacion
Estado = Emparejamiento.Estado


@dataclass
class Renglon:
    """Una fila del libro, con el GAD que la dice."""

    fila: Informacion
    gad: Gad
    evaluacion: object

    @cached_property
    def identidad(self):
        """Cómo se reconoce en otra versión de la evaluación."""
        return (self.gad.pk, sin_tildes(self.fila.dato))

    @property
    def url(self):
        """Su fila, en la evaluación que la dice."""
        return f"{self.evaluacion.get_absolute_url()}#i-{self.fila.pk}"

    @property
    def tiene(self):
        return self.fila.situacion == Situacion.TIENE


@dataclass
class Oferta:
    """Un renglón que ofrece lo que otro requiere, con su puntaje y lo que se decidió."""

    requerido: Renglon
    ofrecido: Renglon
    puntaje: int
    comunes: tuple
    decision: Emparejamiento | None = None

    @cached_property
    def es_diagnostico_unico(self):
        """El municipio tiene lo que le falta a una parroquia de su cantón."""
        suya = self.requerido.gad.territorio.padre_id == self.ofrecido.gad.territorio_id
        return self.requerido.gad.nivel == Gad.Nivel.PARROQUIAL and suya

    @property
    def la_nombra(self):
        """Si quien requiere ya señaló a ese GAD como proveedor."""
        return self.requerido.fila.proveedor_gad_id == self.ofrecido.gad.pk

    @property
    def version(self):
        """La de la decisión sobre estas dos filas; 0 si se decidió en otra versión o no se hizo."""
        suyas = (self.requerido.fila.pk, self.ofrecido.fila.pk)
        decision = self.decision
        es_de_estas = decision and (decision.requerido_id, decision.ofrecido_id) == suyas
        return decision.version if es_de_estas else 0

    @property
    def orden(self):
        return (
            not self.es_diagnostico_unico,
            not self.la_nombra,
            not self.ofrecido.fila.puede_entregar,
            -self.puntaje,
            self.ofrecido.gad.pk,
        )

    @property
    def texto_de_acuerdo(self):
        """Con que se empieza a anotar el acuerdo."""
        return (
            f"El GAD {self.ofrecido.gad.nombre_con_lugar} entrega «{self.ofrecido.fila.dato}» al "
            f"GAD {self.requerido.gad.nombre_con_lugar}, que requiere «{self.requerido.fila.dato}»."
        )


@dataclass
class Libro:
    miembros: dict
    renglones: list
    confirmados: list
    propuestas: list
    descartados: list
    caducos: list
    total: int = 0
    grupos: list = field(default_factory=list)

    @cached_property
    def con_informacion(self):
        return len({renglon.gad.pk for renglon in self.renglones})

    @property
    def por_requerido(self):
        """[(renglón requerido, ofertas a la vista, cuántas más)]."""
        juntas = {}
        for oferta in self.propuestas:
            juntas.setdefault(oferta.requerido.fila.pk, []).append(oferta)
        listas = (sorted(unas, key=lambda oferta: oferta.orden) for unas in juntas.values())
        return [
            (unas[0].requerido, unas[:OFERTAS_A_LA_VISTA], len(unas[OFERTAS_A_LA_VISTA:]))
            for unas in sorted(listas, key=lambda unas: unas[0].orden)
        ]

    @cached_property
    def diagnostico_unico(self):
        """[(cantón, datos que puede dar, parroquias suyas que los requieren)]."""
        por_canton = {}
        for oferta in [*self.confirmados, *self.propuestas]:
            if oferta.es_diagnostico_unico:
                por_canton.setdefault(oferta.ofrecido.gad.pk, []).append(oferta)
        return [
            (
                unas[0].ofrecido.gad,
                sorted({oferta.ofrecido.fila.dato for oferta in unas}),
                sorted({oferta.requerido.gad.nombre for oferta in unas}),
            )
            for unas in por_canton.values()
        ]

    def oferta(self, requerido, ofrecido):
        """La de esas dos claves de Informacion, decidida o no; None si ya no se proponen."""
        todas = [*self.propuestas, *self.confirmados, *self.descartados]
        claves = (requerido, ofrecido)
        return next((o for o in todas if claves == (o.requerido.fila.pk, o.ofrecido.fila.pk)), None)


def leer_libro(grupo, usuario, umbral):
    """El Libro del grupo para `usuario`. Cuatro consultas, sean cuantos sean los miembros."""
    miembros = {gad.pk: gad for gad in miembros_de(grupo)}
    evaluaciones = aprobadas_de(miembros, usuario)
    de_evaluacion = {e.pk: (miembros[codigo], e) for codigo, e in evaluaciones.items()}
    filas = Informacion.objects.filter(evaluacion__in=list(de_evaluacion))
    relacionados = filas.select_related("proveedor_gad__territorio__padre__padre")
    renglones = [Renglon(fila, *de_evaluacion[fila.evaluacion_id]) for fila in relacionados]
    decisiones = _decisiones(grupo)
    ofertas = _emparejar(renglones, umbral, decisiones)
    vistas = {id(oferta.decision) for oferta in ofertas if oferta.decision}
    return Libro(
        miembros,
        renglones,
        confirmados=[o for o in ofertas if o.decision and o.decision.estado == Estado.CONFIRMADO],
        propuestas=[o for o in ofertas if not o.decision],
        descartados=[o for o in ofertas if o.decision and o.decision.estado == Estado.DESCARTADO],
        caducos=[
            d for d in decisiones.values() if d.estado == Estado.CONFIRMADO and id(d) not in vistas
        ],
        total=len(renglones),
    )


def _decisiones(grupo):
    """Identidad de los dos lados → lo último que se decidió. Una consulta."""
    relacionados = ("requerido__evaluacion__pdot__gad", "ofrecido__evaluacion__pdot__gad")
    gads = [f"{camino}__territorio__padre__padre" for camino in relacionados]
    decisiones = (
        Emparejamiento.objects.filter(grupo=grupo).select_related("acuerdo", *gads).order_by("pk")
    )
    return {_identidad_de(decision): decision for decision in decisiones}


def _identidad_de(decision):
    lados = (decision.requerido, decision.ofrecido)
    return tuple((lado.evaluacion.pdot.gad_id, sin_tildes(lado.dato)) for lado in lados)


def _emparejar(renglones, umbral, decisiones):
    """Cada par de GAD distintos cuyo dato se parece, o que alguien ya decidió."""
    ofrecen = [renglon for renglon in renglones if renglon.tiene]
    ofertas = []
    for requerido in renglones:
        if requerido.tiene:
            continue
        for ofrecido in ofrecen:
            if ofrecido.gad.pk == requerido.gad.pk:
                continue
            decision = decisiones.get((requerido.identidad, ofrecido.identidad))
            parecido = comparar(requerido.fila.dato, ofrecido.fila.dato)
            if decision or parecido.puntaje >= umbral:
                medida = (parecido.puntaje, parecido.comunes)
                ofertas.append(Oferta(requerido, ofrecido, *medida, decision))
    return sorted(ofertas, key=lambda oferta: (oferta.orden, oferta.requerido.gad.pk))


def por_dato(renglones, umbral):
    """[(cómo se llama el dato, quiénes lo tienen, quiénes lo requieren)] por parecido."""
    grupos = []
    for indices in agrupar([renglon.fila.dato for renglon in renglones], umbral):
        suyos = sorted((renglones[i] for i in indices), key=lambda renglon: renglon.gad.pk)
        datos = [renglon.fila.dato for renglon in suyos]
        nombre = min(datos, key=lambda dato: (-datos.count(dato), len(dato), dato))
        tienen = [renglon for renglon in suyos if renglon.tiene]
        requieren = [renglon for renglon in suyos if not renglon.tiene]
        grupos.append((nombre, tienen, requieren))
    return sorted(grupos, key=lambda grupo: (-len(grupo[2]), -len(grupo[1]), grupo[0]))
