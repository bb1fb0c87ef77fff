"""Cobertura: hasta qué escalón llegó el acompañamiento de cada GAD.

Un GAD puede tener varias marcas, y su escalón es la más alta:

- *nunca acompañado*: ni integra hoy un grupo conformado, en marcha o cerrado, ni se realizó con él
  un momento, ni hay evaluación suya. Sigue siéndolo si su grupo está solo *propuesto*, y si salió
  de un grupo sin que se realizara con él ningún momento.
- *en grupo*: es miembro hoy de un grupo conformado, en marcha o cerrado.
- *M1, M2*: se realizó el diálogo con su autoridad (`Encuentro.gad`). El M1 es del GAD provincial y
  el M2 del municipal: para los demás niveles no aplica y no entra en el porcentaje.
- *M3*: se realizó una jornada del taller a la que fue convocado. Si de un taller no consta ningún
  convocado, cuentan los miembros que tenían sus grupos ese día. Es de los tres niveles.
- *evaluado*: la evaluación de su PDOT salió del GAD alguna vez. *Aprobado*: y tiene una aprobada.
- *plan actualizado*: y ya rige (`Pdot` vigente) un plan que empieza después del que se le aprobó la
  evaluación: el del período siguiente. Uno en elaboración o terminado no cuenta.

Todo se cuenta con lo que quien mira puede ver, y solo sobre los GAD de su jurisdicción: así nadie
lee «nunca acompañado» de uno cuyo grupo no alcanza. Los de un grupo que ve son todos sus miembros,
también los de otra zona: que lo son ya se lee en la página del grupo.

Con `al` se cuenta como estaba en un día pasado, por las fechas de las membresías, los encuentros,
los pasos de las evaluaciones y la aprobación de los planes. El estado de los grupos es el de hoy, y
lo que se pasó de un documento cuenta desde el día en que se cargó.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from acompanamiento.models import Grupo, Membresia
from talleres.convocatoria import DIALOGA_CON
from talleres.models import Convocado, Encuentro
from territorios.jurisdiccion import Permiso
from territorios.models import Gad
from territorios.models.vigencia import vigente_en

from .escalones import NIVELES, Escalon
from .models import Evaluacion, Paso, Pdot, gads_a_la_vista

APROBADA = Evaluacion.Estado.APROBADA
SIN_ACOMPANIAR = {Escalon.NUNCA, Escalon.PROPUESTO}
EVALUACION = {
    Evaluacion.Estado.ENVIADA: {Escalon.EVALUADO},
    Evaluacion.Estado.DEVUELTA: {Escalon.EVALUADO},
    Evaluacion.Estado.APROBADA: {Escalon.EVALUADO, Escalon.APROBADO},
    Escalon.PLAN: {Escalon.EVALUADO, Escalon.APROBADO, Escalon.PLAN},
}


@dataclass(slots=True)
class GadCubierto:
    """Un GAD con sus marcas. `nivel` es la columna de Gad.NIVELES_DE."""

    codigo: str
    nombre: str
    nivel: str
    zona: int
    nombre_zona: str
    provincia: str
    canton: str
    grupos: list[Grupo] = field(default_factory=list)
    marcas: set[Escalon] = field(default_factory=set)

    @property
    def escalon(self):
        return max(self.marcas, key=Escalon.orden)

    @property
    def esta_acompaniado(self):
        return bool(self.marcas - SIN_ACOMPANIAR)

    @property
    def momentos(self):
        return [momento for momento in Escalon.momentos() if momento in self.marcas]

    @property
    def nombre_nivel(self):
        return NIVELES[self.nivel]

    @property
    def codigo_provincia(self):
        return self.codigo[:2]

    @property
    def url(self):
        return Gad(pk=self.codigo).get_absolute_url()


def leer_gads(usuario, grupos=()):
    """{código: GadCubierto} de los GAD a la vista, todavía sin marcas. Una consulta.

    Con las claves de unos `grupos` que ve y ya están conformados, además los miembros de esos.
    """
    gads = gads_a_la_vista(usuario)
    if grupos:
        miembros = Membresia.objects.acompanados().filter(grupo__in=grupos)
        gads = Gad.objects.vigentes().filter(
            Q(pk__in=gads.values("pk")) | Q(pk__in=miembros.values("gad"))
        )
    return {gad.codigo: gad for gad in map(_leer, _filas_de(gads))}


def marcar(gads, usuario, estrategia="", al=None):
    """Pone a cada uno de `gads` sus grupos y sus marcas. Dos consultas.

    Con el código de una estrategia se cuentan sus grupos y sus encuentros; como la evaluación no
    es de ninguna, entra la de los GAD que esa estrategia acompaña.
    """
    _poner_grupos(gads, usuario, estrategia, al)
    evaluaciones = []
    for marca, codigo in _marcas(usuario, estrategia, al):
        if codigo in gads and marca in Escalon.momentos():
            gads[codigo].marcas.add(Escalon(marca))
        elif codigo in gads:
            evaluaciones.append((marca, gads[codigo]))
    for estado, gad in evaluaciones:
        if not estrategia or gad.esta_acompaniado:
            gad.marcas |= EVALUACION[estado]
    for gad in gads.values():
        if gad.esta_acompaniado:
            gad.marcas.discard(Escalon.PROPUESTO)
        else:
            gad.marcas.add(Escalon.NUNCA)


def _filas_de(gads):
    superior = "territorio__padre"
    return gads.order_by("pk").values_list(
        *("pk", "territorio__nombre", "nivel"),
        *("territorio__zona", "territorio__zona__nombre"),
        Coalesce(f"{superior}__padre__nombre", f"{superior}__nombre", "territorio__nombre"),
        f"{superior}__nombre",
    )


def _leer(fila):
    codigo, nombre, nivel, zona, nombre_zona, provincia, superior = fila
    canton = superior if len(codigo) == 6 else ""
    columna = Gad.COLUMNA[nivel]
    return GadCubierto(codigo, nombre, columna, zona, nombre_zona, provincia, canton)


def _poner_grupos(gads, usuario, estrategia, al):
    visibles = Grupo.objects.visibles_para(usuario)
    membresias = Membresia.objects.vigentes(al).filter(grupo__in=visibles)
    if estrategia:
        membresias = membresias.filter(grupo__estrategia__codigo=estrategia)
    grupos = {}
    for codigo, pk, numero, nombre, estado in membresias.order_by("grupo", "gad").values_list(
        "gad_id", "grupo_id", "grupo__numero", "grupo__nombre", "grupo__estado"
    ):
        if codigo in gads:
            if pk not in grupos:
                grupos[pk] = Grupo(pk=pk, numero=numero, nombre=nombre, estado=estado)
            gads[codigo].grupos.append(grupos[pk])
            gads[codigo].marcas.add(marca_de_grupo(grupos[pk]))


def marca_de_grupo(grupo):
    return Escalon.GRUPO if grupo.esta_conformado else Escalon.PROPUESTO


def _marcas(usuario, estrategia, al):
    """(tipo de encuentro realizado, estado de evaluación o «plan»; GAD), en una sola consulta."""
    encuentros = Encuentro.objects.visibles_para(usuario).order_by()
    encuentros = encuentros.filter(estado=Encuentro.Estado.REALIZADO)
    if estrategia:
        encuentros = encuentros.filter(estrategia__codigo=estrategia)
    if al:
        encuentros = encuentros.filter(fecha__lte=al)
    talleres = encuentros.filter(tipo=Encuentro.Tipo.M3)
    convocados = Convocado.objects.order_by().filter(encuentro__in=talleres.values("pk"))
    # Cada GAD va a muchos talleres: sin repetirlos aquí, la unión recibe quince veces menos filas.
    convocados = convocados.values_list("encuentro__tipo", "gad").distinct()
    evaluaciones = Evaluacion.objects.visibles_para(usuario).order_by()
    evaluaciones = evaluaciones.exclude(estado=Evaluacion.Estado.BORRADOR)
    estados = [evaluaciones.values_list("estado", "pdot__gad")]
    if al:
        estados = _estados_al(evaluaciones, usuario, al)
    return (
        _dialogos(encuentros)
        .values_list("tipo", "gad")
        .union(
            convocados,
            _sin_convocatoria(talleres, usuario).values_list("tipo", "grupos__membresias__gad"),
            *estados,
            _con_plan(evaluaciones, al),
        )
    )


def _estados_al(evaluaciones, usuario, al):
    """Las que ese día ya se habían aprobado y, como enviadas, las que ya habían salido."""
    hasta = Paso.objects.filter(evaluacion=OuterRef("pk"), cuando__date__lte=al)
    aprobadas = evaluaciones.filter(Exists(hasta.filter(a=APROBADA)), estado=APROBADA)
    if not usuario.puede(Permiso.REVISAR_EVALUACION):
        return [aprobadas.values_list("estado", "pdot__gad")]
    salieron = evaluaciones.filter(Exists(hasta.exclude(a=Evaluacion.Estado.BORRADOR)))
    enviada = Value(Evaluacion.Estado.ENVIADA.value)
    return [
        aprobadas.values_list("estado", "pdot__gad"),
        salieron.annotate(como=enviada).values_list("como", "pdot__gad"),
    ]


def _con_plan(evaluaciones, al):
    """Los GAD donde rige ya un plan posterior al de una evaluación aprobada."""
    posteriores = planes_posteriores()
    aprobadas = evaluaciones.filter(estado=APROBADA)
    if al:
        posteriores = posteriores.filter(aprobado_el__lte=al)
        paso = Paso.objects.filter(evaluacion=OuterRef("pk"), cuando__date__lte=al, a=APROBADA)
        aprobadas = aprobadas.filter(Exists(paso))
    con_plan = aprobadas.filter(Exists(posteriores))
    return con_plan.annotate(marca=Value(Escalon.PLAN.value)).values_list("marca", "pdot__gad")


def planes_posteriores():
    """Los que ya rigen y empiezan después del que se evaluó, para usar dentro de otra consulta."""
    return Pdot.objects.filter(
        gad=OuterRef("pdot__gad"),
        estado=Pdot.Estado.VIGENTE,
        anio_desde__gt=OuterRef("pdot__anio_desde"),
    )


def encuentros_que_marcan(gad, usuario):
    """Los que ve `usuario` y le dan a ese GAD un momento, del más viejo al último."""
    realizados = Encuentro.objects.filter(estado=Encuentro.Estado.REALIZADO).order_by()
    talleres = realizados.filter(tipo=Encuentro.Tipo.M3)
    claves = (
        _dialogos(realizados)
        .filter(gad=gad)
        .values("pk")
        .union(
            talleres.filter(convocados__gad=gad).values("pk"),
            _sin_convocatoria(talleres, usuario, grupos__membresias__gad=gad).values("pk"),
        )
    )
    visibles = Encuentro.objects.visibles_para(usuario)
    return visibles.filter(pk__in=claves).order_by("fecha", "pk")


def _dialogos(encuentros):
    """Los M1 con un GAD provincial y los M2 con uno municipal."""
    con_quien = Q()
    for tipo, (_, _, niveles) in DIALOGA_CON.items():
        con_quien |= Q(tipo=tipo, gad__nivel__in=niveles)
    return encuentros.filter(con_quien)


def _sin_convocatoria(talleres, usuario, **miembro):
    """Con los miembros de ese día, aquellos de los que ninguna jornada dice a quién se convocó."""
    # Tres preguntas y no una con «o»: así cada una usa su índice y no recorre todo el país.
    hay = Convocado.objects.order_by().filter
    return talleres.filter(
        ~Exists(hay(encuentro=OuterRef("pk"))),
        ~Exists(hay(encuentro=OuterRef("jornada_de"))),
        ~Exists(hay(encuentro__jornada_de=OuterRef("pk"))),
        vigente_en(F("fecha"), "grupos__membresias__"),
        grupos__in=Grupo.objects.visibles_para(usuario).values("pk"),
        **miembro,
    )


# --- Contar -------------------------------------------------------------------------------------


@dataclass
class Recuento:
    """Cuántos GAD tienen cada marca y sobre cuántos se mide: a cuáles les toca."""

    total: int = 0
    por_nivel: Counter = field(default_factory=Counter)
    marcas: Counter = field(default_factory=Counter)

    @classmethod
    def leer(cls, niveles):
        """El que `guardar` dejó como JSON; con varios niveles, su suma."""
        recuento = cls()
        for nivel, (total, marcas) in niveles.items():
            recuento.total += total
            recuento.por_nivel[nivel] += total
            for marca, cuantos in marcas.items():
                recuento.marcas[Escalon(marca)] += cuantos
        return recuento

    def sumar(self, gad):
        self.total += 1
        self.por_nivel[gad.nivel] += 1
        # Con mil GAD, `Counter.update` tarda el triple: averigua cada vez qué recibe.
        for marca in gad.marcas:
            self.marcas[marca] += 1

    def base(self, escalon):
        nivel = escalon.solo_de
        return self.por_nivel[nivel] if nivel else self.total

    def porcentaje(self, escalon):
        """De 0 a 100; None si a ningún GAD le toca ese escalón."""
        base = self.base(escalon)
        return 100 * self.marcas[escalon] / base if base else None


def contar(gads, clave=lambda gad: None):
    """{clave: Recuento}, en el orden en que aparecen."""
    recuentos = defaultdict(Recuento)
    for gad in gads:
        recuentos[clave(gad)].sumar(gad)
    return dict(recuentos)
