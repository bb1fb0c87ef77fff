"""La ficha de un GAD: todo lo que la plataforma sabe de él y quien mira puede ver."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, OuterRef, Q, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Criterio, Estrategia, Grupo, Membresia
from talleres.models import Encuentro
from territorios.bitacora import cambios_de
from territorios.jurisdiccion import Permiso
from territorios.listas import ListaDe
from territorios.mapas import ARENA, MAR, Conjunto, Estilo, Leyenda, dibujar
from territorios.models import Autoridad, Gad, Territorio, Vecindad

from .models import Evaluacion, Necesidad, Pdot, escribe_por, esta_a_la_vista
from .necesidades import puede_declarar_de

MAXIMO_ENCUENTROS = 40


@dataclass
class Familia:
    """Un GAD con los que tiene debajo y los de su nivel con que limita, por nombre."""

    gad: Gad
    debajo: list[Gad]
    vecinos: list[Gad]


def familia_de(codigo, usuario):
    """La Familia de un GAD que el usuario puede ver, o None. Una sola consulta."""
    limites = Vecindad.objects.filter(Q(a=codigo) | Q(b=codigo))
    parientes = Gad.objects.visibles_para(usuario).filter(
        Q(pk=codigo)
        | Q(territorio__padre=codigo)
        | Q(pk__in=limites.values("a"))
        | Q(pk__in=limites.values("b"))
    )
    # Los grupos, solo los suyos: de los parientes se muestra el nombre.
    suyos = Case(When(pk=codigo, then=_grupos(codigo, usuario)))
    en_orden = parientes.para_lista().annotate(sus_grupos=suyos)
    en_orden = en_orden.order_by("territorio__busqueda", "pk")
    por_codigo = {gad.pk: gad for gad in en_orden}
    gad = por_codigo.pop(codigo, None)
    if gad is None:
        return None
    vecinos = [otro for pk, otro in por_codigo.items() if len(pk) == len(codigo)]
    debajo = [otro for pk, otro in por_codigo.items() if len(pk) > len(codigo)]
    return Familia(gad, debajo, vecinos)


def ficha_de_gad(familia, usuario):
    """Contexto de la página del GAD."""
    gad = familia.gad
    planes = _planes(gad, usuario)
    autoridades = autoridades_de(gad)
    return {
        "gad": gad,
        "accion": _accion(gad, planes, usuario),
        "puede_transcribir": _puede_transcribir(gad, usuario),
        "familia": familia,
        "autoridades": autoridades,
        "grupos": [_grupo(*campos) for campos in gad.sus_grupos],
        "encuentros": _encuentros(gad, usuario),
        "necesidades": Necesidad.objects.visibles_para(usuario).de_gad(gad),
        "puede_declarar": puede_declarar_de(usuario, gad),
        "planes": planes,
        "programas": programas_de(autoridades),
        "sigue_su_proceso": esta_a_la_vista(usuario, gad),
        "edita_planes": escribe_por(usuario, gad),
        "mapa": mapa_de_gad(gad),
    }


def programas_de(autoridades):
    """Los programas de gobierno de esas autoridades, que `autoridades_de` ya trae."""
    return [una.programa for una in autoridades if hasattr(una, "programa")]


def autoridades_de(gad):
    """La vigente primero; las anteriores se conservan porque firmaron lo de su período.

    Cada una con su `programa` de gobierno, si lo tiene.
    """
    hoy = timezone.localdate()
    autoridades = list(gad.autoridades.select_related("programa").order_by("-desde", "pk"))
    for autoridad in autoridades:
        autoridad.es_vigente = autoridad.vigente_en(hoy)
    return sorted(autoridades, key=lambda autoridad: not autoridad.es_vigente)


def _planes(gad, usuario):
    """Los PDOT del GAD, el último primero, cada uno con sus evaluaciones `visibles`."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot=OuterRef("pk"))
    # El día y no la hora, que no se muestra.
    campos = ("pk", "numero", "estado", TruncDate("actualizada"))
    planes = list(gad.planes.annotate(leidas=ListaDe(visibles.order_by("-numero"), *campos)))
    for plan in planes:
        plan.visibles = [_evaluacion(plan, *campos) for campos in plan.leidas]
    return planes


def _evaluacion(plan, pk, numero, estado, actualizada):
    actualizada = date.fromisoformat(actualizada)
    return Evaluacion(pk=pk, pdot=plan, numero=numero, estado=estado, actualizada=actualizada)


def _accion(gad, planes, usuario):
    """(texto, dirección) de lo que más probablemente se viene a hacer aquí, o None."""
    ultima = next((e for plan in planes for e in plan.visibles), None)
    es_suyo = usuario.gad_id == gad.pk
    if ultima is None:
        return ("Empezar la evaluación", reverse("pdot:nueva")) if es_suyo and planes else None
    por_terminar = es_suyo and ultima.esta_en_manos_del_gad
    return f"{'Continuar' if por_terminar else 'Abrir'} la evaluación", ultima.get_absolute_url()


def _puede_transcribir(gad, usuario):
    """Si la cuenta es de la zona del GAD y llena en su nombre lo que respondió en papel."""
    de_su_zona = gad.territorio.zona_id == usuario.zona_id
    return de_su_zona and usuario.puede(Permiso.TRANSCRIBIR_EVALUACION)


def _grupos(codigo, usuario):
    """Los que quien mira puede ver, también los cancelados: su historia es del GAD."""
    suyos = Membresia.objects.filter(gad=codigo).values("grupo")
    grupos = Grupo.objects.visibles_para(usuario).filter(pk__in=suyos)
    return ListaDe(
        grupos, "pk", "numero", "nombre", "estado", "estrategia__nombre", "criterio__nombre"
    )


def _grupo(pk, numero, nombre, estado, estrategia, criterio):
    return Grupo(
        pk=pk,
        numero=numero,
        nombre=nombre,
        estado=estado,
        estrategia=Estrategia(nombre=estrategia),
        criterio=criterio and Criterio(nombre=criterio),
    )


def _encuentros(gad, usuario):
    """Los que lo convocan o son un diálogo con él, el último primero."""
    convocado = Q(pk__in=gad.convocatorias.values("encuentro"))
    encuentros = Encuentro.objects.visibles_para(usuario).filter(convocado | Q(gad=gad))
    return encuentros.order_by("-fecha", "-inicio", "-pk")[:MAXIMO_ENCUENTROS]


def bitacora_de_gad(usuario, gad):
    """La del GAD, su territorio, sus autoridades y sus planes."""
    nombres = {
        Gad: lambda fila: "el GAD",
        Autoridad: lambda fila: f"la autoridad {fila.nombre}",
        Territorio: lambda fila: "el territorio",
        Pdot: lambda fila: f"el PDOT {fila.anio_desde}-{fila.anio_hasta}",
    }
    return cambios_de(
        usuario,
        gad.historia.all(),
        Autoridad.historia.filter(gad=gad),
        hijas=[Territorio.historia.filter(codigo=gad.pk), Pdot.historia.filter(gad=gad)],
        nombrar=lambda fila: nombres[fila.instance_type](fila),
    )


# --- Dónde está ---------------------------------------------------------------------------------


def mapa_de_gad(gad):
    """La provincia con el GAD resaltado: ella entera, su cantón, o el cantón de la parroquia."""
    provincia, canton = gad.territorio.provincia, gad.territorio.canton
    entera = canton is None

    def estilo(celda):
        if celda.codigo[:2] != provincia.pk:
            return None
        es_el = not entera and celda.codigo == canton.pk
        return Estilo(
            MAR if es_el else ARENA,
            celda.nombre,
            url=Gad(pk=celda.codigo).get_absolute_url(),
            etiqueta=celda.nombre if entera or es_el else "",
            destacado=es_el,
            conjunto=Conjunto("provincia", f"Provincia de {provincia.nombre}"),
        )

    return dibujar(
        estilo,
        ventana=[provincia.pk],
        titulo=f"Dónde está {gad.nombre_con_lugar}",
        descripcion=f"Los cantones de la provincia de {provincia.nombre}"
        + ("." if entera else f", con {canton.nombre} resaltado."),
        identificador="lugar",
        leyenda=_leyenda(gad, provincia, canton),
        chico=True,
    )


def _leyenda(gad, provincia, canton):
    if canton is None:
        return [Leyenda(f"Cantones de {provincia.nombre}", ARENA)]
    es_parroquia = gad.territorio.nivel == Territorio.Nivel.PARROQUIA
    nombre = f"{canton.nombre}, cantón de la parroquia" if es_parroquia else canton.nombre
    return [Leyenda(nombre, MAR), Leyenda(f"Otros cantones de {provincia.nombre}", ARENA)]
