"""Cuánto lleva llena una evaluación, por páginas, y qué le falta."""

from dataclasses import dataclass
from functools import cached_property

from territorios.models import Gad
from territorios.texto import cuantos

from .escrito import Toma, gads_de, leer_escrito
from .faltas import faltas_de
from .models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Paso,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
    Vinculo,
)
from .vinculos import superiores_de, superiores_por_codigo

Clase = Seccion.Clase
SIN_FINAL = (Clase.INFORMACION, Clase.VISION)


@dataclass
class ParteLlenada:
    """Una página del formulario y cuánto lleva, que se lee solo si se pregunta.

    `preguntas`: las que se hacen a su nivel; vacío en una hoja.
    """

    seccion: Seccion
    preguntas: list[Pregunta]
    llenado: "Llenado"

    @cached_property
    def filas(self):
        """[(pregunta, respuesta, observaciones)]."""
        respuestas, observaciones = self.llenado.respuestas, self.llenado.observaciones
        return [(p, respuestas.get(p.pk), observaciones.get(p.pk, [])) for p in self.preguntas]

    @property
    def observaciones(self):
        """Las de la hoja entera."""
        return self.llenado.observaciones_de_hojas.get(self.seccion.pk, [])

    @cached_property
    def respondidas(self):
        escrito = self.llenado.escrito
        if self.clase == Clase.PREGUNTAS:
            return sum(1 for pregunta, suya, _ in self.filas if pregunta.esta_en(suya))
        if self.clase == Clase.VINCULOS:
            return sum(1 for vinculo in escrito[Vinculo] if vinculo.valor)
        return len(escrito[Informacion if self.clase == Clase.INFORMACION else ElementoVision])

    @cached_property
    def total(self):
        """De cuánto; 0 en las que no tienen un final."""
        if self.clase == Clase.VINCULOS:
            agregados = {vinculo.con_id for vinculo in self.llenado.escrito[Vinculo]}
            return len(agregados.union(self.llenado.superiores))
        return len(self.preguntas)

    @property
    def se_muestra(self):
        """Si hay algo que escribir en ella a ese nivel."""
        if self.clase == Clase.VINCULOS:
            return bool(self.llenado.superiores or self.total)
        return bool(self.preguntas) or self.clase in SIN_FINAL

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

    A quien no le toca ver la revisión se le leen las respuestas sin sus observaciones. `toma`: lo
    que se lee, de ahora o de un envío (lectura.llenado_para). `referencia`: con qué se compara, si
    se leyó con ella (instantaneas.leer_con_referencia).
    """

    referencia = None

    def __init__(self, evaluacion, *, para):
        self.evaluacion = evaluacion
        self.toma = Toma(evaluacion)
        self.con_revision = evaluacion.muestra_su_revision_a(para)

    @property
    def momento(self):
        """El del envío que se lee, o None si es lo de ahora."""
        return self.toma.momento

    @cached_property
    def _renglones(self):
        return list(self.evaluacion.instrumento.secciones.con_preguntas())

    @cached_property
    def secciones(self):
        """Las del instrumento, en orden."""
        return list({fila.pk: fila for fila in self._renglones}.values())

    @cached_property
    def preguntas(self):
        """Las que se hacen a su nivel, con su sección, en orden."""
        nivel = self.evaluacion.pdot.gad.nivel
        todas = [fila.una for fila in self._renglones if hasattr(fila, "una")]
        return [pregunta for pregunta in todas if pregunta.se_hace_a(nivel)]

    @cached_property
    def escrito(self):
        """{modelo: [sus filas, en orden]} de las respuestas y las hojas."""
        (escrito,) = leer_escrito(self.toma)
        return escrito

    @cached_property
    def respuestas(self):
        """{pregunta: Respuesta}."""
        return {respuesta.pregunta_id: respuesta for respuesta in self.escrito[Respuesta]}

    @cached_property
    def pasos(self):
        """El recorrido, cada paso con lo que se observó en él."""
        return self.evaluacion.pasos.con_observaciones()

    @cached_property
    def _observaciones(self):
        # Un borrador todavía no pasó por la revisión.
        if not self.con_revision or self.evaluacion.estado == Evaluacion.Estado.BORRADOR:
            return []
        return [una for paso in self.pasos for una in paso.observadas]

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
        return [elemento.texto for elemento in self.escrito[ElementoVision]]

    @property
    def filas_de_problemas(self):
        """En orden, cada uno con `de_tarjeta`: si pudo nacer de alguna."""
        return self.escrito[Problema]

    @property
    def problemas(self):
        return [problema.texto for problema in self.filas_de_problemas]

    @cached_property
    def superiores(self):
        """Códigos de los GAD de los niveles superiores de su territorio."""
        return superiores_por_codigo(self.evaluacion.pdot.gad)

    @cached_property
    def gads(self):
        """{código: Gad} de los que se nombran. Solo consulta los que no son de su territorio."""
        propios = {gad.pk: gad for gad in superiores_de(self.evaluacion.pdot.gad)}
        return propios | gads_de(self.escrito, salvo=propios)

    @cached_property
    def vinculos(self):
        """{código del GAD: Vinculo} de los escritos."""
        for vinculo in self.escrito[Vinculo]:
            vinculo.con = self.gads[vinculo.con_id]
        return {vinculo.con_id: vinculo for vinculo in self.escrito[Vinculo]}

    @cached_property
    def pares(self):
        """Un Par por cada plan con que se compara: los de su territorio y los agregados."""
        if self.parte_de(Clase.VINCULOS) is None:
            return []
        agregados = [codigo for codigo in self.vinculos if codigo not in self.superiores]
        return [
            Par(self.gads[codigo], self.vinculos.get(codigo), codigo in self.superiores)
            for codigo in [*self.superiores, *agregados]
            if codigo in self.gads
        ]

    @cached_property
    def informacion(self):
        """Las filas de la hoja de información, en orden."""
        for fila in self.escrito[Informacion]:
            fila.proveedor_gad = self.gads.get(fila.proveedor_gad_id)
        return self.escrito[Informacion]

    @cached_property
    def partes(self):
        """Las páginas que se muestran a su nivel, en orden."""
        partes = [
            ParteLlenada(s, [p for p in self.preguntas if p.seccion_id == s.pk], self)
            for s in self.secciones
        ]
        return [parte for parte in partes if parte.se_muestra]

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
