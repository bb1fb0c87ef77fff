"""La página de un encuentro."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import Truncator

from acompanamiento.models import Acuerdo
from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.documentos import por_nivel
from territorios.jurisdiccion import Permiso, exige

from ..cierre import con_lo_que_hay, dicho_al_cerrar, faltas_de
from ..cronograma import Semana
from ..ficha import POR_CERRAR, etapa_de, partes_de, paso_de
from ..lector_choques import choques_de_encuentro
from ..lector_convocatoria import en_cifras
from ..lector_ficha import leer_ficha
from ..models import (
    Aporte,
    Cierre,
    Convocado,
    Encuentro,
    Evidencia,
    Facilitacion,
    InsumoEncuentro,
    Memoria,
    PreguntaEncuentro,
    PuntoAgenda,
    con_evidencias,
    con_preparacion,
)
from .cronograma import migas_de_talleres


@exige(Permiso.VER_ACOMPANAMIENTO)
def encuentro(request, pk):
    return pagina_de_encuentro(request, pk)


def pagina_de_encuentro(request, pk, form=None, estado=200):
    """`form`: el de una acción de la página que no se pudo hacer, con sus errores."""
    visibles = Encuentro.objects.visibles_para(request.user).para_ficha()
    visibles = con_evidencias(con_preparacion(visibles), request.user)
    visibles = con_lo_que_hay(visibles.select_related("memoria", "cierre__por"))
    encuentro = get_object_or_404(visibles, pk=pk)
    puede_editar = request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO)
    puede_descargar = request.user.puede(Permiso.DESCARGAR_INFORMES)
    etapa = etapa_de(encuentro)
    ficha = leer_ficha(encuentro, request.user)
    vivos = [grupo for grupo in ficha.grupos if grupo.esta_vivo]
    nacidos = Acuerdo.objects.visibles_para(request.user).filter(origen__encuentro=pk)
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro),
        "encuentro": encuentro,
        "etapa": etapa,
        "partes": partes_de(etapa),
        "paso": paso_de(
            etapa,
            hay_nomina=bool(ficha.asistencia),
            puede_editar=puede_editar,
            puede_descargar=puede_descargar,
        ),
        "por_completar": faltas_de(encuentro) if puede_editar and etapa == POR_CERRAR else [],
        "semana": Semana.de(encuentro.fecha),
        "grupos": ficha.grupos,
        "grupos_ajenos": encuentro.cuantos_grupos - len(ficha.grupos),
        "convocatoria": en_cifras(encuentro, encuentro.convocados.all()),
        "convocados": por_nivel(encuentro.convocados.all(), lambda uno: uno.gad),
        "facilitan": ficha.facilitan,
        "acompanan": ficha.acompanan,
        "agenda": ficha.agenda,
        "horas_de_agenda": _horas_distintas(encuentro, ficha.agenda),
        "aportes": ficha.aportes,
        "acuerdos": nacidos.para_lista() if encuentro.hay_acuerdos else [],
        "acuerdan": vivos if encuentro.admite_registro else [],
        "otra_jornada": encuentro.jornada_de_id or encuentro.segunda_jornada,
        "declarados": encuentro.taller.participantes_declarados,
        "asistencia": ficha.asistencia,
        "puede_ver_nomina": request.user.puede(Permiso.VER_PARTICIPANTES),
        "puede_editar": puede_editar,
        "form": form,
        "puede_descargar": puede_descargar,
        "puede_registrar": request.user.puede(Permiso.REGISTRAR_PARTICIPANTES),
        "choques": _choques(encuentro, request.user) if puede_editar else [],
    }
    contexto |= dicho_al_cerrar(encuentro)
    contexto |= bitacora_a_pedido(request, encuentro, partial(_bitacora, request.user, encuentro))
    return render(request, "talleres/encuentro.html", contexto, status=estado)


def _choques(encuentro, usuario):
    """Mientras se puede hacer algo; los de uno ya hecho están en la página de choques."""
    return choques_de_encuentro(encuentro, usuario) if encuentro.esta_abierto else []


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
        Evidencia: lambda fila: f"la evidencia «{Truncator(fila.leyenda).chars(60)}»",
        Memoria: lambda fila: "la ayuda memoria",
        Cierre: lambda fila: "el cierre",
    }
    suyo = {"encuentro": encuentro.pk}
    a_la_vista = Evidencia.objects.visibles_para(usuario)
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
            Evidencia.historia.filter(id__in=a_la_vista.values("pk"), **suyo),
            Memoria.historia.filter(**suyo),
            Cierre.historia.filter(**suyo),
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
