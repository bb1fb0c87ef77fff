"""Resultados por momento y grupo: la Tabla 2 de la fuente, desde los registros.

Momento 1, por provincia; Momento 2, por alcaldía; Momento 3, por grupo: la mañana con los equipos
técnicos y la tarde con presidentes y presidentas parroquiales, los elementos de la nueva visión y
la ficha de cada GAD. Lo que no se sabe en qué encuentro se dijo va aparte, como en la fuente.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Q

from pdot.models import Promocion
from talleres.models import Aporte, Encuentro
from territorios.documentos import contar_por_nivel
from territorios.models import Gad

from .lectura import encuentros_de, sin_repetir
from .secciones import Seccion
from .vision import visiones_de

# «Principales aportes»: lo que pasa de aquí se cuenta y se lee en el encuentro. Con muchos
# encuentros se dan menos de cada uno, o el informe de un país serían miles de páginas.
APORTES_POR_ENCUENTRO, MUCHOS_ENCUENTROS, APORTES_SI_SON_MUCHOS = 20, 80, 5
# La ficha de cada GAD ocupa media página: un informe nacional serían cientos.
MAXIMO_DE_FICHAS = 40
Momento, Tipo = Aporte.Momento, Encuentro.Tipo


@dataclass
class Dicho:
    """Un aporte, o un cúmulo de tarjetas que dicen lo mismo."""

    texto: str
    de: str = ""
    tarjetas: int = 1


@dataclass
class EncuentroLeido:
    """Un encuentro realizado y lo que dio. `nacio`: [(qué, cuántos)] de sus tarjetas."""

    encuentro: Encuentro
    dichos: list
    de_mas: int
    nacio: list

    @property
    def es_de_cierre(self):
        return self.encuentro.clase == Encuentro.Clase.CIERRE


@dataclass
class FilaDeDialogo:
    """Con quién se dialogó (o falta dialogar) y sus encuentros."""

    gad: Gad | None
    lugar: str
    leidos: list = field(default_factory=list)


@dataclass
class Dialogos:
    """Los de un momento, una fila por GAD. Sin ningún aporte, su columna sobra."""

    filas: list

    @property
    def con_dichos(self):
        return any(_dijo_algo(fila.leidos) for fila in self.filas)


@dataclass
class ResultadosDeGrupo:
    """El Momento 3 de un grupo. `fichas`: lo aprobado de los GAD que no salieron ya en otro."""

    grupo: object
    frase_miembros: str
    talleres: list
    propios: list
    vision: object
    fichas: list
    en_otro: list

    @property
    def hay_algo(self):
        return bool(self.talleres or self.propios or self.vision.cuantos_elementos or self.fichas)

    @property
    def con_dichos(self):
        return _dijo_algo(self.talleres)


@dataclass
class RenglonDeGrupo:
    """Cuánto dio un grupo. `m2`: (alcaldías con diálogo, de cuántas)."""

    grupo: object
    m1: int
    m2: tuple
    m3: int
    aportes: int
    elementos: int


def _dijo_algo(leidos):
    return any(leido.dichos or leido.nacio for leido in leidos)


def contexto(alcance):
    """Lo que imprime la plantilla. Las consultas no crecen con los grupos ni los encuentros."""
    grupos, miembros, _, leidas = alcance.aprobado
    gads = sin_repetir(miembros)
    leidos = _realizados(alcance)
    aportes = _sin_encuentro(alcance, grupos)
    de_m1 = [uno for uno in leidos if _es_de_prefectura(uno.encuentro)]
    de_m2 = [uno for uno in leidos if uno.encuentro.tipo == Tipo.M2]
    del_grupo = _por_grupo(grupos, miembros, leidos, aportes, leidas)
    return {
        "prefecturas": _dialogos([g for g in gads if g.nivel in Gad.PROVINCIALES], de_m1),
        "alcaldias": _dialogos([g for g in gads if g.nivel in Gad.MUNICIPALES], de_m2),
        "grupos": del_grupo,
        "resumen": _resumen(del_grupo, miembros, leidos) if alcance.es_resumido else None,
        "comunes": {momento: _dichos(aportes.get((momento, None), ())) for momento in Momento},
        "de_grupos": _otros_de_grupos(grupos, aportes),
        "complementarios": [
            uno
            for uno in leidos
            if uno.encuentro.tipo == Tipo.COMPLEMENTARIO and uno not in de_m1 and uno.dichos
        ],
        "cuantas_fichas": len(leidas),
        "caben_las_fichas": len(leidas) <= MAXIMO_DE_FICHAS,
        "hay_dudosas": any(r.dudosa for leida in leidas.values() for r in leida.respuestas),
        "hay_algo": bool(leidos or aportes or any(uno.hay_algo for uno in del_grupo)),
    }


# --- Encuentros y aportes -----------------------------------------------------------------------


def _es_de_prefectura(encuentro):
    """El diálogo inicial o el de cierre, en que se le entrega la sistematización (S:892)."""
    cierre = encuentro.clase == Encuentro.Clase.CIERRE
    de_provincia = encuentro.gad is not None and encuentro.gad.nivel in Gad.PROVINCIALES
    return encuentro.tipo == Tipo.M1 or cierre and de_provincia


def _realizados(alcance):
    """[EncuentroLeido] en orden, con `en_grupos`: las claves de los suyos. Cuatro consultas."""
    realizados = list(
        encuentros_de(alcance)
        .filter(estado=Encuentro.Estado.REALIZADO)
        .select_related("canton", "autoridad", "gad__territorio__padre__padre")
        .prefetch_related("grupos")
        .en_orden()
    )
    claves = [encuentro.pk for encuentro in realizados]
    por_encuentro = _agrupar(
        _aportes(alcance).filter(encuentro__in=claves), lambda aporte: aporte.encuentro_id
    )
    nacido = _nacido(alcance.usuario, claves)
    son_muchos = len(realizados) > MUCHOS_ENCUENTROS
    tope = APORTES_SI_SON_MUCHOS if son_muchos else APORTES_POR_ENCUENTRO
    leidos = []
    for encuentro in realizados:
        encuentro.en_grupos = {grupo.pk for grupo in encuentro.grupos.all()}
        dichos = _dichos(por_encuentro.get(encuentro.pk, ()))
        de_mas, nacio = max(len(dichos) - tope, 0), nacido.get(encuentro.pk, [])
        leidos.append(EncuentroLeido(encuentro, dichos[:tope], de_mas, nacio))
    return leidos


def _sin_encuentro(alcance, grupos):
    """{(momento, grupo o None): [aporte]} de los que no se sabe en qué encuentro se dijeron."""
    suyos = _aportes(alcance).filter(
        Q(grupo__in=grupos) | Q(grupo=None, estrategia=alcance.estrategia), encuentro=None
    )
    return _agrupar(suyos, lambda aporte: (aporte.momento, aporte.grupo_id))


def _aportes(alcance):
    visibles = Aporte.objects.visibles_para(alcance.usuario).vigentes()
    con_todo = visibles.select_related("gad__territorio__padre__padre", "cumulo")
    return con_todo.order_by("momento", "orden", "pk")


def _agrupar(aportes, clave):
    grupos = {}
    for aporte in aportes:
        grupos.setdefault(clave(aporte), []).append(aporte)
    return grupos


def _dichos(aportes):
    """[Dicho]: los cúmulos, del más dicho al menos, y después lo suelto en su orden."""
    cumulos, sueltos = {}, []
    for aporte in aportes:
        if aporte.cumulo:
            dicho = cumulos.setdefault(aporte.cumulo_id, Dicho(aporte.cumulo.titulo, tarjetas=0))
            dicho.tarjetas += 1
        else:
            de = aporte.gad.nombre_con_lugar if aporte.gad else aporte.de_mesa
            sueltos.append(Dicho(aporte.texto, de))
    return sorted(cumulos.values(), key=lambda dicho: -dicho.tarjetas) + sueltos


def _nacido(usuario, encuentros):
    """{encuentro: [(«acuerdo», cuántos)]}. Una consulta."""
    nombres = {clase.value: clase.label.lower() for clase in Promocion.Clase}
    hechas = Promocion.objects.visibles_para(usuario).hechas()
    cuentas = hechas.filter(aporte__encuentro__in=encuentros).order_by("clase")
    nacido = {}
    for encuentro, clase, cuantos in cuentas.values_list("aporte__encuentro", "clase").annotate(
        cuantos=Count("pk", distinct=True)
    ):
        nacido.setdefault(encuentro, []).append((nombres[clase], cuantos))
    return nacido


# --- Por momento --------------------------------------------------------------------------------


def _dialogos(gads, leidos):
    """Dialogos de cada GAD miembro, aunque falte el suyo, y los de otros al final."""
    filas = {gad.pk: FilaDeDialogo(gad, gad.nombre_con_lugar) for gad in gads}
    for leido in leidos:
        gad, lugar = leido.encuentro.gad, leido.encuentro.lugar
        nueva = FilaDeDialogo(gad, gad.nombre_con_lugar if gad else lugar)
        filas.setdefault(gad.pk if gad else lugar, nueva).leidos.append(leido)
    return Dialogos(list(filas.values()))


def _por_grupo(grupos, miembros, leidos, aportes, leidas):
    """[ResultadosDeGrupo]. La ficha de un GAD que está en dos grupos sale una sola vez."""
    visiones = {una.grupo.pk: una for una in visiones_de(grupos, miembros, leidas)}
    ya_salio, resultados = {}, []
    for grupo in grupos:
        suyas = [leidas[gad.pk] for gad in miembros[grupo.pk] if gad.pk in leidas]
        for leida in suyas:
            ya_salio.setdefault(leida.gad.pk, grupo)
        resultados.append(
            ResultadosDeGrupo(
                grupo,
                contar_por_nivel(miembros[grupo.pk]),
                talleres=[uno for uno in leidos if _es_taller_de(uno.encuentro, grupo)],
                propios=_dichos(aportes.get((Momento.M3.value, grupo.pk), ())),
                vision=visiones[grupo.pk],
                fichas=[una for una in suyas if ya_salio[una.gad.pk] == grupo],
                en_otro=[(u.gad, ya_salio[u.gad.pk]) for u in suyas if ya_salio[u.gad.pk] != grupo],
            )
        )
    return resultados


def _resumen(resultados, miembros, leidos):
    """[RenglonDeGrupo], si son tantos grupos que enteros no caben."""
    de_m1 = [uno for uno in leidos if _es_de_prefectura(uno.encuentro)]
    con_dialogo = {uno.encuentro.gad_id for uno in leidos if uno.encuentro.tipo == Tipo.M2}
    renglones = []
    for uno in resultados:
        gads = {gad.pk for gad in miembros[uno.grupo.pk]}
        municipios = {g.pk for g in miembros[uno.grupo.pk] if g.nivel in Gad.MUNICIPALES}
        suyos = [leido for leido in leidos if uno.grupo.pk in leido.encuentro.en_grupos]
        renglones.append(
            RenglonDeGrupo(
                uno.grupo,
                m1=len([u for u in de_m1 if _es_de(u.encuentro, uno.grupo, gads)]),
                m2=(len(municipios & con_dialogo), len(municipios)),
                m3=len(uno.talleres),
                aportes=sum(len(leido.dichos) + leido.de_mas for leido in suyos) + len(uno.propios),
                elementos=uno.vision.cuantos_elementos,
            )
        )
    return renglones


def _es_de(encuentro, grupo, gads):
    return grupo.pk in encuentro.en_grupos or encuentro.gad_id in gads


def _es_taller_de(encuentro, grupo):
    return encuentro.tipo == Tipo.M3 and grupo.pk in encuentro.en_grupos


def _otros_de_grupos(grupos, aportes):
    """{momento: [(grupo, [Dicho])]} de lo que un grupo dijo fuera del Momento 3."""
    return {
        momento: [
            (grupo, _dichos(aportes[momento, grupo.pk]))
            for grupo in grupos
            if (momento, grupo.pk) in aportes
        ]
        for momento in Momento.values
        if momento != Momento.M3
    }


SECCION = Seccion(
    "resultados", "Resultados por momento y grupo", "pdot/informe/resultados.html", contexto
)
