"""La página de un encuentro."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import Truncator

from acompanamiento.models import Acuerdo
from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.documentos import por_nivel
from territorios.jurisdiccion import Permiso, exige

from ..cronograma import Semana
from ..forms import RealizadoForm
from ..lector_choques import choques_de_encuentro
from ..models import (
    Aporte,
    Convocado,
    Encuentro,
    Facilitacion,
    InsumoEncuentro,
    PreguntaEncuentro,
    PuntoAgenda,
    con_preparacion,
)
from .cronograma import migas_de_talleres


@exige(Permiso.VER_ACOMPANAMIENTO)
def encuentro(request, pk):
    return pagina_de_encuentro(request, pk)


def pagina_de_encuentro(request, pk, form=None, estado=200):
    """`form`: el de una acción de la página que no se pudo hacer, con sus errores."""
    visibles = Encuentro.objects.visibles_para(request.user).para_ficha(request.user)
    encuentro = get_object_or_404(con_preparacion(visibles), pk=pk)
    puede_editar = request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO)
    agenda = list(encuentro.agenda.all())
    se_realizo = encuentro.estado == Encuentro.Estado.REALIZADO
    nacidos = Acuerdo.objects.visibles_para(request.user).filter(origen__encuentro=pk)
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro),
        "encuentro": encuentro,
        "semana": Semana.de(encuentro.fecha),
        "grupos_ajenos": encuentro.cuantos_grupos - len(encuentro.grupos.all()),
        "convocados": por_nivel(encuentro.convocados.all(), lambda uno: uno.gad),
        "facilitan": _entidades(encuentro, Facilitacion.Papel.FACILITA),
        "acompanan": _entidades(encuentro, Facilitacion.Papel.ACOMPANA),
        "agenda": agenda,
        "horas_de_agenda": _horas_distintas(encuentro, agenda),
        "aportes": encuentro.aportes.select_related("gad__territorio"),
        "acuerdos": nacidos.para_lista(),
        "acuerdan": [g for g in encuentro.grupos.all() if g.esta_vivo and se_realizo],
        "otra_jornada": encuentro.jornada_de_id or encuentro.segunda_jornada,
        "declarados": encuentro.taller.participantes_declarados,
        "puede_editar": puede_editar,
        "form": form,
        "realizado": RealizadoForm(initial={"version": encuentro.version}),
        "puede_descargar": request.user.puede(Permiso.DESCARGAR_INFORMES),
        "choques": choques_de_encuentro(encuentro, request.user) if puede_editar else [],
    } | bitacora_a_pedido(request, encuentro, partial(_bitacora, request.user, encuentro))
    return render(request, "talleres/encuentro.html", contexto, status=estado)


def _entidades(encuentro, papel):
    return [uno.entidad for uno in encuentro.facilitaciones.all() if uno.papel == papel]


def _horas_distintas(encuentro, agenda):
    """(inicio, fin) de la agenda cuando no coinciden con los fijados; si coinciden, None."""
    if not agenda or encuentro.inicio is None:
        return None
    horas = agenda[0].inicio, agenda[-1].fin
    return None if horas == (encuentro.inicio, encuentro.fin) else horas


def _bitacora(usuario, encuentro):
    """La del encuentro y la de lo que cuelga de él: convocados, entidades, agenda, insumos…"""
    nombres = {
        Encuentro: lambda fila: "el encuentro",
        Convocado: lambda fila: f"la convocatoria a {fila.gad.nombre}",
        Facilitacion: lambda fila: f"el papel de {fila.entidad}",
        PuntoAgenda: lambda fila: f"el punto de agenda «{fila.titulo}»",
        InsumoEncuentro: lambda fila: f"el insumo «{Truncator(fila.texto).chars(60)}»",
        PreguntaEncuentro: lambda fila: f"la pregunta «{Truncator(fila.texto).chars(60)}»",
        Aporte: lambda fila: f"el aporte «{Truncator(fila.texto).chars(60)}»",
    }
    suyo = {"encuentro": encuentro.pk}
    return cambios_de(
        usuario,
        encuentro.historia.all(),
        hijas=[
            Convocado.historia.filter(**suyo).select_related("gad__territorio"),
            Facilitacion.historia.filter(**suyo).select_related("entidad"),
            PuntoAgenda.historia.filter(**suyo),
            InsumoEncuentro.historia.filter(**suyo),
            PreguntaEncuentro.historia.filter(**suyo),
            Aporte.historia.filter(**suyo),
        ],
        nombrar=lambda fila: nombres[fila.instance_type](fila),
    )


def migas_de(encuentro, *pasos):
    """«Talleres › del 19 al 25 de agosto de 2019 › M2 · Rioverde»."""
    semana = Semana.de(encuentro.fecha)
    direccion = reverse("talleres:cronograma", args=[encuentro.estrategia.codigo, semana.codigo])
    propia = encuentro.get_absolute_url() if pasos else None
    return migas_de_talleres(
        (f"Semana {semana}", direccion), (encuentro.nombre_corto, propia), *pasos
    )
