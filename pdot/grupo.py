"""Lo que muestra la página de un grupo circunvecino."""

from collections import Counter
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from django.db.models import Case, Count, F, OuterRef, When, Window
from django.db.models.functions import RowNumber
from django.shortcuts import get_object_or_404
from django.urls import reverse

from acompanamiento.mapas import mapa_de_grupo
from acompanamiento.models import Acuerdo, Grupo, Membresia
from talleres.asistencia import cuentas_de_grupo, de_cuentas
from talleres.models import Aporte, Encuentro
from territorios.bitacora import cambios_de
from territorios.documentos import contar_por_nivel, por_nivel
from territorios.jurisdiccion import Permiso
from territorios.listas import ListaDe
from territorios.models import Gad, Territorio
from territorios.texto import enumerar

from .cuadro import SIN, Cuenta
from .documentos import juntar_aportes, sin_equivoco
from .models import ElementoVision, Evaluacion, Informe, Necesidad, Pregunta, Promocion, Respuesta
from .promociones import tarjetas_de

RELACIONADOS = ("estrategia", "criterio", "sede", "zona", "espacio", "retoma")
APROBADA = Evaluacion.Estado.APROBADA


@dataclass
class Fila:
    """Un miembro con su última evaluación aprobada o, si no hay, la abierta que se pueda ver.

    De la aprobada, cuánto respondió de cada cosa y sus elementos de visión, como diccionarios.
    """

    gad: Gad
    evaluacion: Evaluacion | None
    cuenta: Cuenta
    elementos: list[dict]

    @property
    def esta_aprobada(self):
        return bool(self.evaluacion) and self.evaluacion.estado == APROBADA

    @property
    def esta_evaluada(self):
        """Las que se cuentan: aprobadas y con alguna respuesta de escala."""
        return self.esta_aprobada and self.cuenta.total > self.cuenta.por_valor[SIN]


class AporteLeido(NamedTuple):
    """Un aporte por mostrar; `gad` es el nombre de quien lo dijo, o None."""

    momento: str
    texto: str
    grupo_id: int | None
    encuentro_id: int | None
    gad: str | None


def traer_grupo(usuario, pk):
    """El grupo, si `usuario` lo ve, con las listas que su página enseña enteras. Una consulta.

    Son pocas filas de muchas clases: miembros, criterios, asistencia, aportes y visión.
    """
    # Todavía no se ha leído: para decir qué es suyo bastan su clave y la de su estrategia.
    suyo = Grupo(pk=pk, estrategia_id=OuterRef("estrategia"))
    miembros = Gad.objects.filter(pk__in=suyo.membresias.vigentes_en().values("gad"))
    lugar = ("nombre", "padre_id", "padre__nombre", "padre__padre__nombre")
    de_los_aportes = (*AporteLeido._fields[:-1], "gad__territorio__nombre")
    elementos = suyo.elementos_vision.order_by("orden", "pk", "gads")
    visibles = (
        Grupo.objects.visibles_para(usuario)
        .select_related(*RELACIONADOS)
        .annotate(
            sus_miembros=ListaDe(miembros, "pk", "nivel", *(f"territorio__{uno}" for uno in lugar)),
            sus_criterios=ListaDe(suyo.criterios_secundarios.all(), "nombre"),
            sus_retomas=ListaDe(suyo.retomado_en.all(), "pk", "numero", "nombre"),
            su_asistencia=ListaDe(cuentas_de_grupo(suyo), "nivel", "sexo", "cuantos"),
            sus_aportes=ListaDe(Aporte.objects.de_grupo(suyo).en_orden(), *de_los_aportes),
            sus_elementos=_elementos(elementos, "gads", "gads__territorio__nombre"),
        )
    )
    return get_object_or_404(visibles, pk=pk)


def ficha_de_grupo(grupo, usuario):
    """Contexto de la página de un grupo traído con `traer_grupo`.

    Cinco consultas, o seis si algo nació de una tarjeta, sean cuantas sean las filas.
    """
    miembros = _gads(grupo.sus_miembros)
    filas = _filas(miembros, usuario)
    evaluadas = [fila for fila in filas if fila.esta_evaluada]
    necesidades = _necesidades(grupo, miembros, usuario)
    encuentros = list(grupo.encuentros.select_related("gad__territorio"))
    comunes, de_gads = _vision(grupo, filas)
    elementos = [*comunes, *(uno for _, suyos in de_gads for uno in suyos)]
    _poner_tarjetas(elementos, necesidades, usuario)
    aportes = starmap(AporteLeido, grupo.sus_aportes) if grupo.esta_conformado else ()
    return {
        "lugar": "acompanamiento",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (grupo.estrategia.nombre, grupo.estrategia.get_absolute_url()),
            (f"Grupo {grupo.numero}", None),
        ],
        "grupo": grupo,
        "pagina_de_grupo": "grupo",
        "mapa": mapa_de_grupo(grupo, miembros) if miembros else None,
        "retomado_en": [] if grupo.esta_vivo else [_retomado(*uno) for uno in grupo.sus_retomas],
        "frase_miembros": contar_por_nivel(miembros),
        "miembros": por_nivel(miembros),
        "criterios_secundarios": enumerar(nombre for [nombre] in grupo.sus_criterios),
        "momentos": _por_momento(encuentros),
        "cuantos_encuentros": len(encuentros),
        "declarados": [e for e in encuentros if e.participantes_declarados is not None],
        "asistencia": de_cuentas(grupo.su_asistencia),
        "evaluadas": evaluadas,
        "cuenta": sum((fila.cuenta for fila in evaluadas), start=Cuenta()),
        "en_camino": [fila for fila in filas if fila.evaluacion and not fila.esta_aprobada],
        "miembros_total": len(miembros),
        "sin_evaluar": len(miembros) - len(evaluadas),
        "raiz": reverse("pdot:coherencia", args=[grupo.pk]),
        "vision_comun": comunes,
        "vision_de_gads": de_gads,
        "aportes": juntar_aportes(list(aportes)),
        "acuerdos": _acuerdos(grupo, usuario),
        "necesidades": necesidades,
        "clave_de_informe": Informe(grupo=grupo).clave,
        "puede_editar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "puede_descargar": usuario.puede(Permiso.DESCARGAR_INFORMES),
    }


# --- De las listas del grupo a lo que se muestra ------------------------------------------------


def _gads(miembros):
    """Un Gad por fila, con su territorio y los superiores: los que hacen falta para nombrarlo."""
    gads, superiores = [], {}
    for pk, nivel, nombre, padre, nombre_del_padre, nombre_del_abuelo in miembros:
        if padre and padre not in superiores:
            abuelo = Territorio(nombre=nombre_del_abuelo)
            superiores[padre] = Territorio(pk=padre, nombre=nombre_del_padre, padre=abuelo)
        territorio = Territorio(pk=pk, nombre=nombre, padre=superiores.get(padre))
        gads.append(Gad(territorio=territorio, nivel=nivel))
    return gads


def _retomado(pk, numero, nombre):
    return Grupo(pk=pk, numero=numero, nombre=nombre)


# --- Evaluaciones -------------------------------------------------------------------------------


def _filas(miembros, usuario):
    """Una Fila por miembro, de la provincia a la parroquia. Una consulta."""
    leidas = {codigo: resto for codigo, *resto in _ultimas(miembros, usuario)}
    en_orden = [gad for _, gads in por_nivel(miembros) for gad in gads]
    return [_fila(gad, *leidas.get(gad.pk, ())) for gad in en_orden]


def _fila(gad, pk=None, estado="", dicho=None, faltan=None, elementos=None):
    evaluacion = Evaluacion(pk=pk, estado=estado) if pk else None
    cuenta = _contar(gad, dicho or [], faltan or [])
    return Fila(gad, evaluacion, cuenta, [_elemento(*uno) for uno in elementos or []])


def _ultimas(gads, usuario):
    """Lo de `_fila` de la última evaluación de cada uno; sus respuestas, si está aprobada."""
    aprobada = {"estado": APROBADA}
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=gads)
    # Primero las aprobadas, la más reciente delante; de las demás, la más antigua.
    signo = Case(When(**aprobada, then=-1), default=1)
    en_orden = [F("signo"), F("pdot__anio_desde") * F("signo"), F("numero") * F("signo")]
    lugar = Window(RowNumber(), partition_by="pdot__gad", order_by=en_orden)
    primeras = visibles.annotate(signo=signo).annotate(lugar=lugar).filter(lugar=1)
    elementos = ElementoVision.objects.filter(evaluacion=OuterRef("pk")).order_by("orden", "pk")
    dicho, faltan = _cuentas()
    ultimas = Evaluacion.objects.filter(pk__in=primeras.values("pk")).annotate(
        dicho=Case(When(**aprobada, then=dicho)),
        faltan=Case(When(**aprobada, then=faltan)),
        elementos=Case(When(**aprobada, then=_elementos(elementos))),
    )
    return ultimas.values_list("pdot__gad_id", "pk", "estado", "dicho", "faltan", "elementos")


def _cuentas():
    """Lo respondido en la evaluación de fuera, [[valor, cuántas]], y lo que falta: [[niveles, …]].

    Solo las preguntas de escala.
    """
    de_escala = Pregunta.objects.filter(tipo=Pregunta.Tipo.ESCALA).order_by()
    respuestas = Respuesta.objects.exclude(valor="").order_by()
    respondidas = respuestas.filter(evaluacion=OuterRef(OuterRef("pk"))).values("pregunta")
    faltan = de_escala.filter(seccion__instrumento=OuterRef("instrumento"))
    faltan = faltan.exclude(pk__in=respondidas).values("niveles").annotate(cuantas=Count("pk"))
    dicho = respuestas.filter(evaluacion=OuterRef("pk"), pregunta__in=de_escala)
    dicho = dicho.values("valor").annotate(cuantas=Count("pk"))
    return ListaDe(dicho, "valor", "cuantas"), ListaDe(faltan, "niveles", "cuantas")


def _contar(gad, dicho, faltan):
    """La Cuenta de un GAD; «sin responder», solo lo que se le pregunta a su nivel."""
    por_valor = Counter(dict(dicho))
    for niveles, cuantas in faltan:
        if Pregunta(niveles=niveles).se_hace_a(gad.nivel):
            por_valor[SIN] += cuantas
    return Cuenta(por_valor)


# --- Lo demás -----------------------------------------------------------------------------------


def _necesidades(grupo, miembros, usuario):
    """Las que ve, cada una con el GAD ya traído: las del grupo y las de sus miembros."""
    suyas = Necesidad.objects.visibles_para(usuario).de_grupo(grupo).select_related(None)
    necesidades = list(suyas.annotate(de_tarjeta=Promocion.objects.dieron("necesidad")))
    por_codigo = {gad.pk: gad for gad in miembros}
    for necesidad in necesidades:
        necesidad.gad = por_codigo.get(necesidad.gad_id)
    return necesidades


def _acuerdos(grupo, usuario):
    """Los que ve, cada uno con el encuentro en que nació."""
    suyos = Acuerdo.objects.visibles_para(usuario).filter(grupo=grupo)
    return suyos.para_lista().select_related("origen__encuentro")


def bitacora_de_grupo(usuario, grupo):
    """La del grupo y la de sus membresías: quién entró y quién salió."""

    def nombrar(fila):
        if fila.instance_type is Membresia:
            return f"la membresía de {fila.gad.nombre_con_lugar}"
        return "el grupo"

    membresias = Membresia.historia.filter(grupo=grupo.pk)
    return cambios_de(
        usuario,
        grupo.historia.all(),
        hijas=[membresias.select_related("gad__territorio__padre__padre")],
        nombrar=nombrar,
    )


def _por_momento(encuentros):
    """[(código, nombre, encuentros en orden)] de los cuatro tipos, también los vacíos."""
    return [
        (tipo, nombre, [encuentro for encuentro in encuentros if encuentro.tipo == tipo])
        for tipo, nombre in Encuentro.Tipo.choices
    ]


def _elementos(elementos, *de_quien):
    """Los de una consulta, para `_elemento`; `de_quien` dice de qué GAD es cada uno."""
    elementos = elementos.annotate(de_tarjeta=Promocion.objects.dieron("elemento_vision"))
    return ListaDe(elementos, "pk", "texto", "dudosa", "de_tarjeta", *de_quien)


def _elemento(pk, texto, dudosa, de_tarjeta):
    return {"pk": pk, "texto": texto, "dudosa": dudosa, "de_tarjeta": de_tarjeta}


def _vision(grupo, filas):
    """(elementos de todo el grupo, [(de quién, [elementos])]).

    Los de un GAD salen de su evaluación aprobada; los de una ficha compartida, del grupo, con una
    fila por cada GAD que la escribió.
    """
    nombres = sin_equivoco([fila.gad for fila in filas])
    del_grupo, duenios = {}, {}
    for pk, *resto, codigo, nombre in grupo.sus_elementos:
        del_grupo[pk] = _elemento(pk, *resto)
        suyos = duenios.setdefault(pk, {})
        if codigo:
            suyos[codigo] = nombres.get(codigo, nombre)
    comunes, de_gads = [], {}
    for pk, suyos in duenios.items():
        # Se juntan por código y no por nombre: Esmeraldas es provincia y es cantón.
        _, lista = de_gads.setdefault(frozenset(suyos), (suyos, [])) if suyos else (None, comunes)
        lista.append(del_grupo[pk])
    for fila in sorted((f for f in filas if f.elementos), key=lambda fila: fila.evaluacion.pk):
        suyo = {fila.gad.pk: fila.gad.nombre_con_lugar}
        de_gads.setdefault(frozenset(suyo), (suyo, []))[1].extend(fila.elementos)
    return comunes, [(enumerar(sorted(s.values())), lista) for s, lista in de_gads.values()]


def _poner_tarjetas(elementos, necesidades, usuario):
    """Deja en cada elemento y en cada necesidad la `tarjeta` de que nació, si nació de una."""
    tarjetas = tarjetas_de(
        usuario,
        elemento_vision=[elemento["pk"] for elemento in elementos if elemento["de_tarjeta"]],
        necesidad=[necesidad for necesidad in necesidades if necesidad.de_tarjeta],
    )
    for elemento in elementos:
        elemento["tarjeta"] = tarjetas.get(("elemento_vision", elemento["pk"]))
    for necesidad in necesidades:
        necesidad.tarjeta = tarjetas.get(("necesidad", necesidad.pk))
