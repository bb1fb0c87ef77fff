"""Cuánto lleva llena una evaluación, por páginas, y qué le falta."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Case, Count, IntegerField, Subquery, Value, When
from django.db.models.functions import Coalesce

from territorios.models import Gad
from territorios.texto import cuantos

from .faltas import faltas_de
from .models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Observacion,
    Paso,
    Pregunta,
    Promocion,
    Seccion,
    Vinculo,
)
from .vinculos import superiores_por_codigo

Clase = Seccion.Clase


@dataclass
class ParteLlenada:
    """Una página del formulario y cuánto lleva.

    En las de preguntas, `filas` son (pregunta, respuesta, observaciones); en una hoja, vacío, y
    `observaciones` son las de la hoja entera. `total` es 0 en las que no tienen un final.
    """

    seccion: Seccion
    respondidas: int
    total: int = 0
    filas: list[tuple[Pregunta, object, list]] = field(default_factory=list)
    observaciones: list[Observacion] = field(default_factory=list)

    @property
    def codigo(self):
        return self.seccion.codigo

    @property
    def clase(self):
        return self.seccion.clase

    @property
    def titulo(self):
        return self.seccion.titulo

    @property
    def avance(self):
        """«3/9», «1 elemento», «2 datos»."""
        if self.clase == Clase.VISION:
            return cuantos(self.respondidas, "elemento", "elementos")
        if self.clase == Clase.INFORMACION:
            return cuantos(self.respondidas, "dato", "datos")
        return f"{self.respondidas}/{self.total}"

    @property
    def avance_largo(self):
        """«3 de 9», «1 elemento», «2 datos»."""
        return self.avance.replace("/", " de ")

    @property
    def observadas(self):
        """Cuántas cosas suyas tienen observaciones sin atender."""
        listas = [self.observaciones, *(suyas for _, _, suyas in self.filas)]
        return sum(1 for suyas in listas if _por_atender(suyas))

    @property
    def primera_observada(self):
        """El ancla de lo primero que se corrige en la página, o None."""
        if _por_atender(self.observaciones):
            return "hoja"
        anclas = (f"p-{p.codigo}" for p, _, suyas in self.filas if _por_atender(suyas))
        return next(anclas, None)


@dataclass
class Par:
    """El plan de un GAD de nivel superior y lo que se dijo del vínculo con él.

    `propio`: si es de su mismo territorio; los demás son otra provincia de sus grupos.
    """

    con: Gad
    vinculo: Vinculo | None
    propio: bool

    @property
    def esta_respondido(self):
        return bool(self.vinculo and self.vinculo.valor)


def _por_atender(observaciones):
    return [una for una in observaciones if not una.atendida]


class Llenado:
    """Lee una evaluación en pocas consultas, cada cosa solo si se pide, y responde de su avance.

    A quien no le toca ver la revisión se le leen las respuestas sin sus observaciones. `momento`:
    el envío que se lee, o None si es lo de ahora (lectura.LlenadoEnviado).
    """

    momento = None

    def __init__(self, evaluacion, *, para):
        self.evaluacion = evaluacion
        self.con_revision = evaluacion.muestra_su_revision_a(para)

    @cached_property
    def secciones(self):
        """Las del instrumento, en orden, con las filas `hechas` y `agregadas` de cada hoja."""
        return list(
            self.evaluacion.instrumento.secciones.order_by("orden").annotate(
                hechas=Case(
                    When(clase=Clase.VINCULOS, then=self._cuenta(self._vinculos.exclude(valor=""))),
                    When(clase=Clase.INFORMACION, then=self._cuenta(self._informacion)),
                    When(clase=Clase.VISION, then=self._cuenta(self._elementos)),
                    default=Value(0),
                    output_field=IntegerField(),
                ),
                agregadas=Case(
                    When(
                        clase=Clase.VINCULOS,
                        then=self._cuenta(self._vinculos.exclude(con__in=self.superiores)),
                    ),
                    default=Value(0),
                    output_field=IntegerField(),
                ),
            )
        )

    @staticmethod
    def _cuenta(filas):
        por_evaluacion = filas.order_by().values("evaluacion").annotate(n=Count("pk"))
        return Coalesce(Subquery(por_evaluacion.values("n")), 0)

    @property
    def _vinculos(self):
        return Vinculo.objects.filter(evaluacion=self.evaluacion.pk)

    @property
    def _informacion(self):
        return Informacion.objects.filter(evaluacion=self.evaluacion.pk)

    @property
    def _elementos(self):
        return ElementoVision.objects.filter(evaluacion=self.evaluacion.pk)

    @cached_property
    def preguntas(self):
        nivel = self.evaluacion.pdot.gad.nivel
        con_respuesta = Pregunta.objects.con_respuesta_en(self.evaluacion.pk)
        return con_respuesta.para_nivel(self.evaluacion.instrumento, nivel)

    @cached_property
    def respuestas(self):
        return {p.pk: p.suya for p in self.preguntas if hasattr(p, "suya")}

    @cached_property
    def _observaciones(self):
        # Un borrador todavía no pasó por la revisión.
        if not self.con_revision or self.evaluacion.estado == Evaluacion.Estado.BORRADOR:
            return []
        return list(self.evaluacion.observaciones.select_related("paso__por"))

    @cached_property
    def observaciones(self):
        """{pregunta: [observaciones]} de la más antigua a la más reciente."""
        return self._observaciones_por("pregunta_id")

    @cached_property
    def observaciones_de_hojas(self):
        """{sección: [observaciones]} de las hojas con forma propia."""
        return self._observaciones_por("seccion_id")

    def _observaciones_por(self, campo):
        por_cosa = {}
        for observacion in self._observaciones:
            if clave := getattr(observacion, campo):
                por_cosa.setdefault(clave, []).append(observacion)
        return por_cosa

    @cached_property
    def elementos(self):
        return list(self._elementos.order_by("orden").values_list("texto", flat=True))

    @cached_property
    def filas_de_problemas(self):
        """En orden, cada uno con `de_tarjeta`: si nació de alguna."""
        problemas = self.evaluacion.problemas.order_by("orden")
        return list(problemas.annotate(de_tarjeta=Promocion.objects.dieron("problema")))

    @property
    def problemas(self):
        return [problema.texto for problema in self.filas_de_problemas]

    @cached_property
    def superiores(self):
        """Códigos de los GAD de los niveles superiores de su territorio."""
        return superiores_por_codigo(self.evaluacion.pdot.gad)

    @cached_property
    def vinculos(self):
        """{código del GAD: Vinculo} de los escritos."""
        con_lugar = ("con__territorio__padre__padre", "con__territorio__zona")
        return {v.con_id: v for v in self._vinculos.select_related(*con_lugar).order_by("con")}

    @cached_property
    def pares(self):
        """Un Par por cada plan con que se compara: los de su territorio y los agregados."""
        if self.parte_de(Clase.VINCULOS) is None:
            return []
        hechos = self.vinculos
        faltan = [codigo for codigo in self.superiores if codigo not in hechos]
        gads = Gad.objects.filter(pk__in=faltan).para_lista().in_bulk() if faltan else {}
        gads |= {codigo: vinculo.con for codigo, vinculo in hechos.items()}
        agregados = [codigo for codigo in hechos if codigo not in self.superiores]
        return [
            Par(gads[codigo], hechos.get(codigo), codigo in self.superiores)
            for codigo in [*self.superiores, *agregados]
            if codigo in gads
        ]

    @cached_property
    def informacion(self):
        """Las filas de la hoja de información, en orden."""
        con_lugar = "proveedor_gad__territorio__padre__padre"
        return list(self._informacion.select_related(con_lugar).order_by("orden", "pk"))

    @cached_property
    def partes(self):
        """Las páginas que se muestran a su nivel, en orden."""
        partes = [self._parte(seccion) for seccion in self.secciones]
        return [parte for parte in partes if parte.total or parte.clase in SIN_FINAL]

    def _parte(self, seccion):
        if not seccion.es_hoja:
            filas = self._filas(seccion)
            respondidas = sum(1 for pregunta, suya, _ in filas if pregunta.esta_en(suya))
            return ParteLlenada(seccion, respondidas, len(filas), filas)
        total = 0
        if seccion.clase == Clase.VINCULOS:
            total = len(self.superiores) + seccion.agregadas
        suyas = self.observaciones_de_hojas.get(seccion.pk, [])
        return ParteLlenada(seccion, seccion.hechas, total, observaciones=suyas)

    def _filas(self, seccion):
        preguntas = [p for p in self.preguntas if p.seccion_id == seccion.pk]
        return [(p, self.respuestas.get(p.pk), self.observaciones.get(p.pk, [])) for p in preguntas]

    @property
    def hojas(self):
        """Las secciones con forma propia que se muestran a su nivel."""
        return [parte.seccion for parte in self.partes if parte.seccion.es_hoja]

    def parte_de(self, clase):
        """La parte de esa hoja, o None si el instrumento no la tiene o no toca a su nivel."""
        return next((parte for parte in self.partes if parte.clase == clase), None)

    @cached_property
    def editables(self):
        """Identificadores de las preguntas que se pueden tocar; None si son todas."""
        todas = [una for suyas in self.observaciones.values() for una in suyas]
        return preguntas_editables(self.evaluacion, todas)

    @cached_property
    def comentario_de_devolucion(self):
        """El comentario general de la última devolución; vacío si no lo hay."""
        if hasattr(self.evaluacion, "devolucion"):
            return self.evaluacion.devolucion or ""
        return ultimo_comentario(self.evaluacion)

    def se_corrige(self, parte):
        """Si hoy se puede escribir algo en esa página."""
        if self.evaluacion.estado != Evaluacion.Estado.DEVUELTA:
            return self.evaluacion.esta_en_manos_del_gad
        if not parte.seccion.es_hoja:
            return bool(parte.observadas)
        return bool(parte.observadas or self.comentario_de_devolucion)

    @property
    def por_donde_corregir(self):
        """(código de página, ancla) por donde se empieza a corregir, o None.

        Primero lo observado; si solo hay comentario general, la última página que se puede tocar.
        """
        for parte in self.partes:
            if ancla := parte.primera_observada:
                return parte.codigo, ancla
        abiertas = [parte for parte in self.partes if self.se_corrige(parte)]
        return (abiertas[-1].codigo, "hoja") if abiertas else None

    @cached_property
    def faltas(self):
        return faltas_de(self)

    @property
    def total(self):
        return len(self.preguntas)

    @property
    def respondidas(self):
        """Cuántas preguntas; las hojas dicen lo suyo en su `avance`."""
        return sum(parte.respondidas for parte in self.partes if not parte.seccion.es_hoja)

    @property
    def observadas(self):
        return sum(parte.observadas for parte in self.partes)


SIN_FINAL = (Clase.INFORMACION, Clase.VISION)


def preguntas_editables(evaluacion, observaciones):
    """Identificadores de las preguntas que el GAD puede tocar; None si son todas.

    Devuelta, solo las que tienen una observación sin atender: lo demás ya fue revisado.
    """
    if evaluacion.estado != Evaluacion.Estado.DEVUELTA:
        return None
    return {una.pregunta_id for una in _por_atender(observaciones) if una.pregunta_id}


def hoja_editable(evaluacion, clase):
    """Si el GAD puede tocar la hoja de esa clase.

    Devuelta, se corrige si la zona observó esa hoja o dejó un comentario general, que puede
    hablar de cualquiera.
    """
    if evaluacion.estado != Evaluacion.Estado.DEVUELTA:
        return evaluacion.esta_en_manos_del_gad
    suyas = evaluacion.observaciones.filter(seccion__clase=clase, atendida=False)
    return suyas.exists() or bool(ultimo_comentario(evaluacion))


def ultimo_comentario(evaluacion):
    devoluciones = Paso.objects.filter(evaluacion=evaluacion.pk, a=Evaluacion.Estado.DEVUELTA)
    return devoluciones.order_by("-pk").values_list("comentario", flat=True).first() or ""
